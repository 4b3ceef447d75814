/** One thing that is measured: Vigil beside a reference that does the same work with nothing around it. */
export interface Lane {
  /** The number of the goal: `P6`. Several lanes may stand for one goal. */
  readonly id: string;
  /** Lanes of one area stand together in the table. */
  readonly area: string;
  readonly title: string;
  /** What the reference is, in a few words. */
  readonly reference: string;
  readonly goal: Goal;
  readonly unit: string;
  readonly rounds: number;
  readonly warmUps: number;
  /** For the whole lane. Rounds that do not fit are left out, and said. */
  readonly limitMs: number;
  /** Throws `CannotRun` when this computer lacks something. */
  open(): Promise<Contest>;
}

/** What ours divided by the reference should be. */
export type Goal = { readonly atMost: number } | { readonly atLeast: number };

/** Both sides, ready to be measured again and again. A measurement leaves everything as it found it. */
export interface Contest {
  /** In the lane's unit. */
  ours(): Promise<number>;
  reference(): Promise<number>;
  /** Said below the table: what else was seen that explains the figures. */
  notes?(): readonly string[];
  close(): Promise<void>;
}

/** Why a lane has nothing to say here. It is no fault, but it is said loudly. */
export class CannotRun extends Error {}
