import type { AssemblyOptions } from '../assemble.ts';
import type { TransportLog } from '../transport/surroundings.ts';
import type { EngineSeat } from './engine-session.ts';

export interface EnginePlace {
  readonly home: string;
  readonly version: string;
  readonly resourcesFolder: string;
  readonly seal: NonNullable<AssemblyOptions['seal']>;
}

/** Starts the engine in this process. Rejects with `conflict` while another process is the engine of this home. */
export async function hostEngine(place: EnginePlace): Promise<EngineSeat> {
  // Half of all the code there is: the window is on its way before it is loaded.
  const { assembleEngine } = await import('../assemble.ts');
  const engine = await assembleEngine({ ...place, host: 'app' });
  return {
    connection: engine.connection,
    host: 'app',
    pid: process.pid,
    gone: new Promise(() => {}),
    leave: () => engine.stop(),
  };
}

/** Attaches to the engine that runs already. Rejects with `unreachable` when none answers. */
export async function attachEngine(home: string, log: TransportLog): Promise<EngineSeat> {
  const { connectToEngine } = await import('../transport/client/engine-client.ts');
  const connection = await connectToEngine({ home, face: 'app', log, callMs: 30_000 });
  return {
    connection,
    host: connection.engine.host,
    pid: connection.engine.pid,
    gone: connection.closed,
    leave: async () => connection.close(),
  };
}
