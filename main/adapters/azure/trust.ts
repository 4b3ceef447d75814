/** Certificates of the authority that speaks for a cloud of one's own, as the library takes them. */
export interface Trust {
  readonly ca: string;
}
