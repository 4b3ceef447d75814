/** How the user's own `ssh` program gets into a machine, with the keys and host keys that Vigil itself goes by. */
export interface SshWay {
  readonly machine: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Null: the agent, then the usual files of the account. */
  readonly keyFile: string | null;
  /** Where host keys that were taken on trust are kept. */
  readonly knownHostsFile: string;
  /** Program and arguments, never to be joined into a line for a shell. A command for the machine comes after them. */
  readonly command: readonly string[];
}
