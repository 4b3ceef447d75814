import type { AzureSignInPrompt, AzureSignInWay } from '../../contract/azure.ts';
import type { CallContext, Handlers } from '../../contract/calls.ts';
import type { EventSink } from '../../contract/events.ts';
import { failureOf, VigilError } from '../../contract/failure.ts';
import type { Settings } from '../../contract/settings.ts';
import { createStopSource, type StopSource } from '../../contract/stop-signal.ts';
import type { Ledger } from '../journal/ledger.ts';
import { isoTime } from '../lifetime/iso-time.ts';
import type { EngineNotices } from '../notices/engine-notices.ts';
import type { Azure, AzureAccount, AzureConfig, AzureFault } from '../ports/azure.ts';
import type { Clock } from '../ports/clock.ts';
import type { Identifiers } from '../ports/identifiers.ts';
import { faultError } from './fault-error.ts';

/** Who is signed in to Azure, and the way there. At most one sign-in at a time; each ends by itself. */
export interface SignInDesk {
  readonly handlers: Pick<Handlers, 'azure.sign-in' | 'azure.sign-in-cancel'>;
  /** Resolves when the sign-in of this id is over; rejects with why it did not succeed. */
  wait(id: string): Promise<AzureAccount>;
  readonly isUnderWay: boolean;
  /** Azure wants the person: said once, until it is good again. */
  needed(fault: AzureFault): void;
  good(): void;
  readonly trouble: AzureFault | null;
  account(): Promise<AzureAccount | null>;
  signOut(by: CallContext): Promise<void>;
  stop(): Promise<void>;
}

export interface SignInDeskPorts {
  readonly azure: Azure;
  readonly ledger: Ledger;
  readonly notices: EngineNotices;
  readonly clock: Clock;
  readonly events: EventSink;
  readonly identifiers: Identifiers;
  settings(): Settings['azure'];
  /** Writes down the way that was taken. */
  remember(change: Partial<Pick<Settings['azure'], 'sign_in' | 'tenant' | 'cloud'>>): Promise<void>;
  /** Somebody else is signed in than before, or nobody. */
  changed(): void;
}

const notice = 'azure sign-in';
/** The longest that any way may take by itself is a little less. */
const mostMs = 960_000;
const rememberedEnds = 8;

interface Flow {
  readonly id: string;
  readonly source: StopSource;
  readonly over: Promise<AzureAccount>;
}

export function createSignInDesk(ports: SignInDeskPorts): SignInDesk {
  const { azure, clock, ledger, notices } = ports;
  let present: Flow | null = null;
  const flows = new Map<string, Flow>();
  let trouble: AzureFault | null = null;

  const announce = (): void => ports.events.publish('azure.sign-in-changed', { at: isoTime(clock.wallNow()) });
  const good = (): void => {
    trouble = null;
    notices.clear(notice);
  };

  const signIn: Handlers['azure.sign-in'] = async ({ way, tenant, cloud }, by) => {
    if (present !== null) {
      throw new VigilError('conflict', 'A sign-in to Azure is under way already.', {
        hint: 'Finish it in the browser, or give it up first.',
      });
    }
    const before = ports.settings();
    const wish = {
      sign_in: way,
      ...(tenant === undefined ? {} : { tenant }),
      ...(cloud === undefined ? {} : { cloud }),
    };
    azure.configure(configOf({ ...before, ...wish }));
    const id = ports.identifiers.uuid();
    const source = createStopSource();
    let told: (prompt: AzureSignInPrompt) => void = () => {};
    const prompted = new Promise<AzureSignInPrompt>((resolve) => {
      told = resolve;
    });
    const limit = clock.after(mostMs, () => source.stop('too long'));
    const over = (async (): Promise<AzureAccount> => {
      try {
        const answer = await azure.signIn.begin(
          ({ address, code, lifeMs }) => told({ id, way, address, code, expiresAt: isoTime(clock.wallNow() + lifeMs) }),
          source.signal,
        );
        if (!answer.ok) throw faultError(answer.fault);
        await ports.remember(wish);
        good();
        tellSignedIn(answer.value, way, by);
        return answer.value;
      } catch (error) {
        azure.configure(configOf(ports.settings()));
        throw error;
      } finally {
        limit();
        present = null;
        ports.changed();
        announce();
      }
    })();
    over.catch(() => undefined);
    present = { id, source, over };
    flows.set(id, present);
    announce();
    for (const key of flows.keys()) {
      if (flows.size <= rememberedEnds) break;
      flows.delete(key);
    }
    // One that ended before there was anything to do has its own reason.
    return Promise.race([
      prompted,
      over.then(() => ({ id, way, address: null, code: null, expiresAt: isoTime(clock.wallNow()) })),
    ]);
  };

  const tellSignedIn = (account: AzureAccount, way: AzureSignInWay, { user, face }: CallContext): void => {
    ledger.record([], {
      action: 'azure.signed-in',
      actor: 'user',
      summary: `Vigil is signed in to Azure as ${account.name}.`,
      details: { user, face, way, tenant: account.tenant, kept: account.kept },
    });
    if (account.kept === 'memory' && ports.settings().keep_sign_in === 'vault') {
      notices.raise(
        'azure sign-in kept',
        'info',
        'The key store of this desktop keeps nothing for Vigil: the sign-in to Azure lasts until Vigil ends.',
        'Open Vigil on a desktop with a key store, use the Azure CLI, or set [azure] keep_sign_in.',
      );
    } else notices.clear('azure sign-in kept');
  };

  return {
    get isUnderWay() {
      return present !== null;
    },
    get trouble() {
      return trouble;
    },
    account: () => azure.signIn.account().catch(() => null),
    good,
    needed: (fault) => {
      if (present !== null) return;
      const isNews = trouble === null;
      trouble = fault;
      notices.raise(notice, 'warning', `Azure wants you to sign in again: ${fault.message}`, fault.hint ?? undefined);
      if (!isNews) return;
      ledger.record([], { action: 'azure.sign-in-needed', actor: 'azure', summary: fault.message });
    },
    wait: async (id) => {
      const flow = flows.get(id);
      if (flow === undefined) throw new VigilError('not-found', 'There is no such sign-in.', { field: 'id' });
      return flow.over;
    },
    signOut: async (by) => {
      present?.source.stop('signed out');
      await present?.over.catch(() => undefined);
      // What is left of an earlier sign-in goes in any case.
      await azure.signIn.end();
      if (ports.settings().sign_in === 'none') return;
      await ports.remember({ sign_in: 'none' });
      good();
      ledger.record([], {
        action: 'azure.signed-out',
        actor: 'user',
        summary: 'Vigil is signed out of Azure; nothing there was touched.',
        details: { user: by.user, face: by.face },
      });
      ports.changed();
      announce();
    },
    stop: async () => {
      present?.source.stop('stopped');
      await present?.over.catch(failureOf);
    },
    handlers: {
      'azure.sign-in': signIn,
      'azure.sign-in-cancel': async ({ id }) => {
        const flow = id === undefined ? present : flows.get(id);
        if (id === undefined && flow === null) throw new VigilError('not-found', 'No sign-in to Azure is under way.');
        if (flow === undefined || flow === null)
          throw new VigilError('not-found', 'There is no such sign-in.', { field: 'id' });
        flow.source.stop('given up');
        await flow.over.catch(() => undefined);
        return null;
      },
    },
  };
}

export function configOf(azure: Settings['azure']): AzureConfig {
  return {
    way: azure.sign_in,
    cloud: azure.cloud,
    tenant: azure.tenant,
    clientId: azure.client_id,
    keeping: azure.keep_sign_in,
    resourceManagerUrl: azure.resource_manager_url,
    signInUrl: azure.sign_in_url,
    audience: azure.audience,
    caFile: azure.ca_file,
  };
}
