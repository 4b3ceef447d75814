import { createContext, type ReactNode, useContext } from 'react';
import type { EngineClient } from './engine-client.ts';

const ClientContext = createContext<EngineClient | null>(null);

export function ClientProvider({ client, children }: { readonly client: EngineClient; readonly children: ReactNode }) {
  return <ClientContext value={client}>{children}</ClientContext>;
}

export function useClient(): EngineClient {
  const client = useContext(ClientContext);
  if (client === null) throw new Error('A page stands outside of ClientProvider.');
  return client;
}
