/** What one client, or many, may ask of the socket server. */
export interface SocketLimits {
  readonly connections: number;
  /** From connect to a complete hello. */
  readonly helloMs: number;
  /** Calls of one client that have not been answered. */
  readonly callsInFlight: number;
  /** Bytes that wait because the client does not read; beyond them it is disconnected. */
  readonly unreadBytes: number;
  /** How long a connection that is being closed may still take to read its last frames. */
  readonly farewellMs: number;
}

export const socketLimits: SocketLimits = {
  connections: 64,
  helloMs: 2_000,
  callsInFlight: 64,
  unreadBytes: 4 * 1_048_576,
  farewellMs: 1_000,
};
