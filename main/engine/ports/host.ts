/** The computer that runs the engine. */
export interface Host {
  readonly cpus: number;
  readonly memoryMib: number;
  /** Account name under which the engine runs. */
  readonly user: string;
  /** Changes with every boot of this computer; null where the system has none. */
  readonly bootId: string | null;
  /** Free for us on the file system that holds the data home. */
  diskFreeMib(): Promise<number>;
}
