import { connect, type Socket } from 'node:net';
import ssh2, { type GetStreamCallback, type IdentityCallback, type ParsedKey } from 'ssh2';
import type { Clock } from '../../engine/ports/clock.ts';

const answerMs = 4000;

/**
 * The agent of this account. ssh2's own waits for ever on an agent that hangs; this one hangs up after 4 s, and `close`
 * ends whatever is still open.
 */
export class AgentConnection extends ssh2.OpenSSHAgent {
  /** Only this public key is offered; all of the agent's when null. */
  readonly #only: Buffer | null;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #sockets = new Set<Socket>();
  #fault: string | null = null;

  constructor(path: string, only: Buffer | null, clock: Clock) {
    super(path);
    this.#path = path;
    this.#only = only;
    this.#clock = clock;
  }

  /** Why it had no key to offer, as part of a sentence; null as long as it had one, or was not asked. */
  get fault(): string | null {
    return this.#fault;
  }

  override getIdentities(callback: IdentityCallback<ParsedKey>): void {
    super.getIdentities((error, keys) => {
      const only = this.#only;
      const wanted =
        only === null ? keys : keys?.filter((key) => 'getPublicSSH' in key && key.getPublicSSH().equals(only));
      if (error) this.#fault = `the SSH agent at ${this.#path} does not answer`;
      else if (wanted === undefined || wanted.length === 0) {
        this.#fault = `the SSH agent at ${this.#path} holds no key${only === null ? '' : ' for it'}; add one with ssh-add`;
      }
      callback(error, wanted);
    });
  }

  override getStream(callback: GetStreamCallback): void {
    const socket = connect(this.#path);
    this.#sockets.add(socket);
    const cancel = this.#clock.after(answerMs, () => socket.destroy());
    let isAnswered = false;
    const answer = (error: Error | undefined) => {
      if (isAnswered) return;
      isAnswered = true;
      if (error === undefined) callback(undefined, socket);
      else callback(error);
    };
    socket.once('connect', () => answer(undefined));
    socket.on('error', answer);
    socket.once('close', () => {
      cancel();
      this.#sockets.delete(socket);
      answer(new Error('The agent closed the connection.'));
    });
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
