import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { loopbackCertificate } from './loopback-certificate.ts';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly user: string | null;
  readonly source: string;
  readonly isSecure: boolean;
}

export interface MailReceiver {
  readonly port: number;
  readonly received: readonly ReceivedMail[];
  close(): Promise<void>;
}

export interface MailReceiverOptions {
  /** TLS from the first byte on. */
  readonly isImplicit?: boolean;
  /** Knows no STARTTLS. */
  readonly isStripped?: boolean;
  readonly password?: string;
  /** Says a password back, whichever it was told, and refuses the first that is right. */
  readonly isTelltale?: boolean;
  /** Refuses every receiver with this answer. */
  readonly refuses?: number;
}

/** A real mail server on the loopback address. */
export async function startMailReceiver(options: MailReceiverOptions = {}): Promise<MailReceiver> {
  const received: ReceivedMail[] = [];
  const users = new Map<string, string>();
  let hasRefused = false;
  const server = new SMTPServer({
    ...loopbackCertificate,
    secure: options.isImplicit === true,
    disabledCommands: options.isStripped === true ? ['STARTTLS'] : [],
    authOptional: options.password === undefined,
    // Where it is stripped the server would take a password in clear: the test is that none comes.
    allowInsecureAuth: options.isStripped === true,
    logger: false,
    onAuth: ({ username, password }, session, done) => {
      if (options.isTelltale === true && !hasRefused) {
        hasRefused = true;
        done(Object.assign(new Error(`no: ${username} ${password}`), { responseCode: 535 }));
        return;
      }
      if (password !== options.password) {
        done(Object.assign(new Error('no'), { responseCode: 535 }));
        return;
      }
      users.set(session.id, username ?? '');
      done(null, { user: username ?? '' });
    },
    onRcptTo: (_address, _session, done) => {
      if (options.refuses === undefined) done();
      else done(Object.assign(new Error('no'), { responseCode: options.refuses }));
    },
    onData: (stream, session, done) => {
      let source = '';
      stream.setEncoding('utf8');
      stream.on('data', (part: string) => {
        source += part;
      });
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        received.push({
          from: mailFrom === false || mailFrom === undefined ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: users.get(session.id) ?? null,
          source,
          isSecure: session.secure,
        });
        done();
      });
    },
  });
  server.on('error', () => undefined);
  const listener = await new Promise<AddressInfo>((resolve) => {
    const http = server.listen(0, '127.0.0.1', () => resolve(http.address() as AddressInfo));
  });
  return {
    port: listener.port,
    received,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Stands between a client and a server, writes down what the client says, and takes STARTTLS out of what the server offers. */
export async function stripStartTls(
  port: number,
): Promise<{ readonly port: number; readonly said: () => string; close(): Promise<void> }> {
  let said = '';
  const sockets = new Set<Socket>();
  const thief = createServer((client) => {
    const server = connect(port, '127.0.0.1');
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        server.destroy();
      });
    }
    client.on('data', (part: Buffer) => {
      said += part.toString('latin1');
      // As if the server did not know the word.
      if (/^STARTTLS/im.test(part.toString('latin1'))) client.write('502 5.5.1 Command not implemented\r\n');
      else server.write(part);
    });
    server.on('data', (part: Buffer) =>
      client.write(
        part
          .toString('latin1')
          .replace(/250-STARTTLS\r\n/i, '')
          .replace(/250 STARTTLS/i, '250 HELP'),
      ),
    );
  });
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve));
  return {
    port: (thief.address() as AddressInfo).port,
    said: () => said,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => thief.close(resolve));
    },
  };
}
