import { useState } from 'react';
import {
  type AzureCloud,
  type AzureSignInPrompt,
  type AzureSignInWay,
  type AzureStatus,
  AzureTenant,
} from '../../../main/contract/azure.ts';
import { type Settings, SettingsPatch } from '../../../main/contract/settings.ts';
import { signInFlowOf } from '../../client/azure-sign-in.ts';
import { useClient } from '../../client/client-context.tsx';
import { useStore } from '../../client/use-engine.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { faultsOfSchema } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { TextField } from '../../components/form-field.tsx';
import { Mark } from '../../components/mark.tsx';
import { SelectField } from '../../components/select-field.tsx';
import { useTimely } from '../../format/now.ts';
import { duration } from '../../format/times.ts';

interface AzureSignInProps {
  readonly status: AzureStatus;
  readonly settings: Settings['azure'];
  /** Of a sign-in that another face began. */
  onGiveUp(): void;
  onSignOut(): void;
  onRefresh(): void;
}

/** Who is signed in, or the way to it. */
export function AzureSignIn({ status, settings, onGiveUp, onSignOut, onRefresh }: AzureSignInProps) {
  const { connection } = useClient();
  const flow = signInFlowOf(connection);
  const step = useStore(flow.step);
  const isUnderWay = step.kind === 'asking' || step.kind === 'prompt';
  const isOpen = status.state === 'off' || status.state === 'sign-in-needed';
  return (
    <>
      <div className="setting">
        <span className="quiet">Account</span>
        <div className="azure-account">
          {isUnderWay ? null : <Account status={status} />}
          {step.kind === 'asking' ? (
            <span role="status">
              <Mark kind="work" /> Asking Azure
            </span>
          ) : null}
          {step.kind === 'prompt' ? <Prompt prompt={step.prompt} onGiveUp={() => void flow.giveUp()} /> : null}
          {status.state === 'signing-in' && !isUnderWay ? (
            <span className="azure-verbs">
              <Button size="small" onClick={onGiveUp}>
                Give up
              </Button>
              <span className="faint">It was begun elsewhere, and ends by itself after 15 minutes at most.</span>
            </span>
          ) : null}
          {isUnderWay ? null : (
            <span className="azure-verbs">
              {status.state === 'sign-in-needed' && status.way !== null ? (
                <Button look="primary" size="small" onClick={() => void flow.begin({ way: status.way ?? 'browser' })}>
                  Sign in again
                </Button>
              ) : null}
              {status.state === 'signed-in' ? (
                <Button size="small" onClick={onRefresh}>
                  Read everything now
                </Button>
              ) : null}
              {status.state === 'signed-in' || status.state === 'sign-in-needed' ? (
                <Button size="small" onClick={onSignOut}>
                  Sign out
                </Button>
              ) : null}
            </span>
          )}
        </div>
      </div>
      {step.kind === 'failed' ? (
        <p className="crit azure-fault" role="alert">
          <Mark kind="crit" /> <ForeignText>{step.message}</ForeignText>{' '}
          <ForeignText className="quiet">{step.hint ?? ''}</ForeignText>
        </p>
      ) : null}
      {isOpen && !isUnderWay ? <SignInForm settings={settings} /> : null}
    </>
  );
}

const keptWords = {
  vault: 'is kept by the key store of this desktop',
  memory: 'lasts until Vigil ends',
  'in clear on the disk': 'lies readable on the disk',
  'by the Azure CLI': 'is kept by the Azure CLI',
} as const;

function Account({ status }: { readonly status: AzureStatus }) {
  const { state, account, tenant, kept, reason, hint, clockAheadSeconds } = status;
  if (state === 'signing-in') return <span>A sign-in is under way.</span>;
  if (state === 'off') return <span className="faint">Nobody is signed in, and nothing of Azure is shown.</span>;
  const skew = clockAheadSeconds === null || Math.abs(clockAheadSeconds) < 120 ? null : clockAheadSeconds;
  return (
    <>
      {account === null ? null : (
        <span>
          <Mark kind={state === 'signed-in' ? 'ok' : 'warn'} />{' '}
          <b>
            <ForeignText>{account}</ForeignText>
          </b>{' '}
          <span className="quiet">
            {tenant === null ? null : (
              <>
                of <ForeignText>{tenant}</ForeignText>; its sign-in{' '}
              </>
            )}
            {kept === null ? '' : keptWords[kept]}
          </span>
        </span>
      )}
      {state === 'sign-in-needed' ? (
        <span className="warn">
          {account === null ? <Mark kind="warn" /> : null} <b>Azure wants you to sign in again.</b>{' '}
          <ForeignText>{reason ?? ''}</ForeignText> <ForeignText className="quiet">{hint ?? ''}</ForeignText>
        </span>
      ) : null}
      {skew === null ? null : (
        <span className="warn">
          The clock of this computer goes {duration(Math.abs(skew) * 1000)} {skew > 0 ? 'ahead of' : 'behind'} Azure’s:
          sign-ins may fail until it is set.
        </span>
      )}
    </>
  );
}

function Prompt({ prompt, onGiveUp }: { readonly prompt: AzureSignInPrompt; onGiveUp(): void }) {
  const { way, address, code, expiresAt } = prompt;
  const left = useTimely((now) => {
    const ms = Date.parse(expiresAt) - now;
    return ms <= 0 ? 'no time' : duration(ms);
  });
  return (
    <div className="azure-prompt" role="status">
      <span>
        <Mark kind="work" />{' '}
        {way === 'device-code'
          ? 'Open the page on any device and type the code.'
          : way === 'browser'
            ? 'Go on in the browser. If no page opened, open this address there.'
            : 'The Azure CLI is asked.'}
      </span>
      {code === null ? null : (
        <span className="azure-code-line">
          <b className="azure-code mono">{code}</b>
          <CopyButton what="the code" text={code} words />
        </span>
      )}
      {address === null ? null : (
        <span className="azure-address">
          <span className="mono cut" title={address}>
            <ForeignText>{address}</ForeignText>
          </span>
          <CopyButton what="the address" text={address} words />
        </span>
      )}
      <span className="azure-verbs">
        <Button size="small" onClick={onGiveUp}>
          Give up
        </Button>
        <span className="faint">{left} left</span>
      </span>
    </div>
  );
}

const cloudWords: Readonly<Record<AzureCloud, string>> = {
  public: 'Azure (public)',
  'us-government': 'Azure US Government',
  china: 'Azure China (21Vianet)',
  custom: 'the one of settings.toml',
};

function SignInForm({ settings }: { readonly settings: Settings['azure'] }) {
  const { connection } = useClient();
  const flow = signInFlowOf(connection);
  const [cloud, setCloud] = useState<AzureCloud>(settings.cloud);
  const [tenant, setTenant] = useState(settings.tenant);
  const [clientId, setClientId] = useState(settings.client_id);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [tenantFault] = faultsOfSchema(AzureTenant.safeParse(tenant));
  const [clientFault] = faultsOfSchema(SettingsPatch.safeParse({ azure: { client_id: clientId } }));
  const clouds = (['public', 'us-government', 'china', 'custom'] as const)
    // Its addresses stand in the file only.
    .filter((each) => each !== 'custom' || settings.resource_manager_url !== '')
    .map((value) => ({ value, label: cloudWords[value] }));

  async function begin(way: AzureSignInWay): Promise<void> {
    setRefusal(null);
    try {
      if (clientId !== settings.client_id) {
        await connection.call('settings.change', { azure: { client_id: clientId } });
      }
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
      return;
    }
    await flow.begin({ way, tenant, cloud });
  }

  const off = tenantFault?.message ?? clientFault?.message;
  const offOwn = off ?? (clientId === '' ? 'Give the application id first, or use the Azure CLI.' : undefined);
  return (
    <form className="azure-form" aria-label="Sign in to Azure" onSubmit={(event) => event.preventDefault()}>
      <div className="form-grid form-grid-three">
        <SelectField<AzureCloud> label="Cloud" hint="" options={clouds} value={cloud} onChange={setCloud} />
        <TextField
          label="Tenant"
          hint="its id or domain; organizations: your own"
          fault={tenantFault}
          value={tenant}
          onChange={setTenant}
          maxLength={253}
        />
        <TextField
          label="Application id"
          hint="of your app registration; not for the CLI"
          fault={clientFault}
          value={clientId}
          onChange={setClientId}
          maxLength={36}
          isCode
        />
      </div>
      <div className="watch-verbs">
        <Button look={clientId === '' ? 'normal' : 'primary'} off={offOwn} onClick={() => void begin('browser')}>
          Sign in with the browser
        </Button>
        <Button off={offOwn} onClick={() => void begin('device-code')}>
          With a code
        </Button>
        <Button look={clientId === '' ? 'primary' : 'normal'} off={off} onClick={() => void begin('cli')}>
          Use the Azure CLI’s sign-in
        </Button>
        <span className="crit cut" role="status">
          {refusal === null ? null : <ForeignText>{refusal}</ForeignText>}
        </span>
      </div>
    </form>
  );
}
