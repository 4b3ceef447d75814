import { useState } from 'react';
import type { AzureStatus } from '../../../main/contract/azure.ts';
import { failureOf } from '../../../main/contract/failure.ts';
import { useClient } from '../../client/client-context.tsx';
import { useAzureStatus } from '../../client/use-azure-status.ts';
import { useSettings } from '../../client/use-engine.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark } from '../../components/mark.tsx';
import { AzureChoice } from './azure-choice.tsx';
import { AzureKeeping } from './azure-keeping.tsx';
import { AzureSignIn } from './azure-sign-in.tsx';

/** Azure: who is signed in, what of it belongs to the fleet, and where the sign-in is kept. */
export function AzureSettings() {
  const { connection } = useClient();
  const { status, error, refresh } = useAzureStatus();
  const settings = useSettings();
  const [refusal, setRefusal] = useState<string | null>(null);

  /** Does something to the sign-in and shows what came of it. */
  async function act(work: () => Promise<unknown>): Promise<boolean> {
    setRefusal(null);
    try {
      await work();
      await refresh();
      return true;
    } catch (fault) {
      setRefusal(failureOf(fault).message);
      return false;
    }
  }

  return (
    <section aria-label="Azure">
      <header className="section-head">
        <h2>Azure</h2>
        <span className="faint">{headWords(status)}</span>
      </header>
      {error === null ? null : <Fault text={error} />}
      {status === null || settings === null ? null : (
        <>
          <AzureSignIn
            status={status}
            settings={settings.azure}
            onGiveUp={() => void act(() => connection.call('azure.sign-in-cancel', {}))}
            onSignOut={() => void act(() => connection.call('azure.sign-out', {}))}
            onRefresh={() => void act(() => connection.call('azure.refresh', {}))}
          />
          {status.subscriptions.length === 0 ? null : (
            <AzureChoice
              status={status}
              groups={settings.azure.resource_groups}
              choosesAll={settings.azure.subscriptions.length === 0}
              onChoose={(choice) => act(() => connection.call('azure.choose', choice))}
            />
          )}
          <AzureKeeping
            keeping={settings.azure.keep_sign_in}
            onKeep={(keep_sign_in) => act(() => connection.call('settings.change', { azure: { keep_sign_in } }))}
          />
        </>
      )}
      {refusal === null ? null : <Fault text={refusal} />}
    </section>
  );
}

function headWords(status: AzureStatus | null): string {
  if (status === null || status.state === 'off') return 'Its machines stand in the fleet beside the others.';
  const machines = status.subscriptions.reduce((sum, each) => sum + each.machines, 0);
  return status.state === 'signed-in' ? `${machines} ${machines === 1 ? 'machine' : 'machines'} in the fleet` : '';
}

function Fault({ text }: { readonly text: string }) {
  return (
    <p className="crit azure-fault" role="alert">
      <Mark kind="crit" /> <ForeignText>{text}</ForeignText>
    </p>
  );
}
