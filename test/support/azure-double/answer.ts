/** How the body is laid out on the wire: Compute prints with line ends of DOS, Monitor on one line. */
export type Layout = 'pretty' | 'compact' | 'html' | 'raw';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Left out: no body at all, content-length 0. */
  readonly body?: unknown;
  readonly layout?: Layout;
}

/** A refusal, in the service's own shape. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The single-resource metrics call and the limits of Compute answer without the outer `error`. */
  readonly isWrapped: boolean;
  readonly details: readonly unknown[];

  constructor(
    status: number,
    code: string,
    message: string,
    extra: {
      readonly headers?: Readonly<Record<string, string>>;
      readonly isWrapped?: boolean;
      readonly details?: readonly unknown[];
    } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = extra.headers ?? {};
    this.isWrapped = extra.isWrapped ?? true;
    this.details = extra.details ?? [];
  }

  get answer(): Answer {
    const error = {
      code: this.code,
      message: this.message,
      ...(this.details.length > 0 ? { details: this.details } : {}),
    };
    return {
      status: this.status,
      headers: { ...(this.isWrapped ? { 'x-ms-failure-cause': 'gateway' } : {}), ...this.headers },
      body: this.isWrapped ? { error } : error,
    };
  }
}

/** The bytes of a body, and their type. */
export function layOut({ body, layout = 'compact' }: Answer): { readonly bytes: Buffer; readonly type: string } {
  switch (layout) {
    case 'html':
      return { bytes: Buffer.from(String(body)), type: 'text/html; charset=utf-8' };
    case 'raw':
      return { bytes: Buffer.isBuffer(body) ? body : Buffer.from(String(body)), type: 'application/octet-stream' };
    case 'pretty': {
      const printed = JSON.stringify(body, null, 2).replaceAll('\n', '\r\n');
      return { bytes: Buffer.from(printed), type: 'application/json; charset=utf-8' };
    }
    case 'compact':
      return { bytes: Buffer.from(JSON.stringify(body)), type: 'application/json; charset=utf-8' };
    default:
      return layout satisfies never;
  }
}
