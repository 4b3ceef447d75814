import { Message, type MessageBus, MessageType, sessionBus } from 'dbus-next';

/** One connection to the session bus, in plain messages: Electron's objects answer no introspection. */
export interface Bus {
  /** Rejects when nobody answers within 5 s. */
  call(
    target: { destination: string; path: string; interface: string; member: string },
    signature?: string,
    body?: unknown[],
  ): Promise<unknown[]>;
  property(destination: string, path: string, interfaceName: string, name: string): Promise<unknown>;
  emit(path: string, interfaceName: string, name: string, signature: string, body: unknown[]): void;
  /** Takes a well-known name. Fails when someone else has it: then the tests do not run on a bus of their own. */
  own(name: string): Promise<void>;
  release(name: string): Promise<void>;
  close(): void;
}

export interface BusCall {
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/** What a service answers: signature and values; null for a call it does not know. */
export type BusAnswer = { readonly signature: string; readonly body: unknown[] } | null;

const primaryOwner = 1;
const doNotQueue = 4;
const patienceMs = 5000;

export async function openBus(
  serve: (call: BusCall) => BusAnswer = () => null,
  heard: (signal: BusCall) => void = () => {},
): Promise<Bus> {
  const bus = await connected();
  bus.addMethodHandler((message: Message) => {
    const answer = serve(message);
    if (answer === null) return false;
    bus.send(Message.newMethodReturn(message, answer.signature, answer.body));
    return true;
  });
  bus.on('message', (message) => {
    if (message.type === MessageType.SIGNAL) heard(message);
  });

  const call: Bus['call'] = async (target, signature = '', body = []) => {
    const reply = await inTime(
      `${target.interface}.${target.member}`,
      bus.call(new Message({ ...target, signature, body })),
    );
    return reply?.body ?? [];
  };
  return {
    call,
    property: async (destination, path, interfaceName, name) => {
      const target = { destination, path, interface: 'org.freedesktop.DBus.Properties', member: 'Get' };
      const [variant] = await call(target, 'ss', [interfaceName, name]);
      return (variant as { value: unknown }).value;
    },
    emit: (path, interfaceName, name, signature, body) => {
      bus.send(Message.newSignal(path, interfaceName, name, signature, body));
    },
    own: async (name) => {
      const reply = await bus.requestName(name, doNotQueue);
      if (reply !== primaryOwner)
        throw new Error(`${name} is taken on this bus. Run the tests under dbus-run-session.`);
    },
    release: async (name) => {
      await bus.releaseName(name);
    },
    close: () => bus.disconnect(),
  };
}

function connected(): Promise<MessageBus> {
  return new Promise((resolve, reject) => {
    const bus = sessionBus();
    bus.on('error', reject);
    bus.on('connect', () => resolve(bus));
  });
}

function inTime<T>(what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: no answer on the bus.`)), patienceMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
