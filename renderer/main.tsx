// First: the schemas of the contract look at this setting when they are made.
import '../main/contract/parse-without-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { pageConnection } from './client/bridge-connection.ts';
import { ClientProvider } from './client/client-context.tsx';
import { createEngineClient } from './client/engine-client.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the app.');
createRoot(root).render(
  <StrictMode>
    <ClientProvider client={createEngineClient(pageConnection())}>
      <App />
    </ClientProvider>
  </StrictMode>,
);
