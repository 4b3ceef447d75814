// First: the schemas of the contract look at this setting when they are made.
import '../main/contract/parse-without-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { pageConnection } from './client/bridge-connection.ts';
import { ClientProvider } from './client/client-context.tsx';
import { createEngineClient } from './client/engine-client.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/controls.css';
import './styles/layers.css';
import './styles/parts.css';
import './styles/fleet.css';
import './styles/fleet-cards.css';
import './styles/machine.css';
import './styles/charts.css';
import './styles/alerts.css';
import './styles/inbox.css';
import './styles/forecasts.css';
import './styles/health.css';
import './styles/hooks.css';
import './styles/snapshots.css';
import './styles/new-machine.css';
import './styles/records.css';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the app.');
createRoot(root).render(
  <StrictMode>
    <ClientProvider client={createEngineClient(pageConnection())}>
      <App />
    </ClientProvider>
  </StrictMode>,
);
