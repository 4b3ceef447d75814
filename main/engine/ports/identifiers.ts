/** Fresh identities. Random, therefore a port. */
export interface Identifiers {
  /** A version 4 uuid, lower case. */
  uuid(): string;
}
