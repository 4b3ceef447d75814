import type { CrashRecord } from '../../../main/contract/crash-record.ts';
import { checkMethods, checkMethodWords } from '../../../main/contract/health-check.ts';
import { healthWord, securityDoubt } from '../../../main/contract/health-words.ts';
import type { WatchStatus } from '../../../main/contract/lifecycle.ts';
import type { Health, HealthStatus, Machine } from '../../../main/contract/machine.ts';
import { useWatch } from '../../client/use-watch.ts';
import { useWhy } from '../../client/use-why.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Mark, type MarkKind } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Ago, Since } from '../../components/relative-time.tsx';
import { CheckScriptSection } from './check-script-section.tsx';
import { ChecksTable } from './checks-table.tsx';
import { HealingSection } from './healing-section.tsx';
import { LastCrash } from './last-crash.tsx';
import { WatchSettings } from './watch-settings.tsx';

interface HealthTabProps {
  readonly machine: Machine;
  readonly crash: CrashRecord | undefined;
}

/** How it is, how one knows, what one can do, and how it is watched. */
export function HealthTab({ machine, crash }: HealthTabProps) {
  const { status, error, take } = useWatch(machine);
  const why = useWhy(machine);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className="health scroll" tabIndex={0} aria-label="Health">
      {error === null ? null : (
        <p className="crit">
          <ForeignText>{error.message}</ForeignText>
        </p>
      )}
      {status === null ? (
        error === null ? (
          <SkeletonRows count={8} what="how it is watched" />
        ) : null
      ) : (
        <>
          {securityDoubt(machine.health) === null ? null : <Doubt machine={machine} status={status} />}
          <HealthFacts machine={machine} status={status} />
          <HealingSection machine={machine} why={why} />
          <ChecksTable checks={status.checks} />
          {status.config?.check_script === undefined ? null : (
            <CheckScriptSection machine={machine} path={status.config.check_script} />
          )}
          <WatchSettings
            machine={machine}
            status={status}
            onChanged={(next) => {
              take(next);
              why.refresh();
            }}
          />
        </>
      )}
      {crash === undefined ? null : <LastCrash crash={crash} machine={machine} />}
    </section>
  );
}

const marks: Readonly<Record<HealthStatus, MarkKind>> = {
  healthy: 'ok',
  degraded: 'warn',
  unhealthy: 'crit',
  unknown: 'unk',
  'not-applicable': 'off',
};
const inks: Readonly<Record<HealthStatus, string>> = {
  healthy: 'ok',
  degraded: 'warn',
  unhealthy: 'crit',
  unknown: '',
  'not-applicable': 'quiet',
};

function healthMark(health: Health): MarkKind {
  return securityDoubt(health) === null ? marks[health.status] : 'guard';
}

function HealthFacts({
  machine: { health, startedAt, provider },
  status,
}: Omit<HealthTabProps, 'crash'> & { readonly status: WatchStatus }) {
  return (
    <Facts title="Now">
      <Fact name="Health">
        <span className="health-word">
          <Mark kind={healthMark(health)} />
          <b className={inks[health.status]}>{healthWord(health)}</b>
          {health.since === null || health.status === 'not-applicable' ? null : (
            <span className="faint">
              since <Since at={health.since} />
            </span>
          )}
        </span>
        {health.reason === null ? null : (
          <div className="breaks">
            <ForeignText>{health.reason}</ForeignText>
          </div>
        )}
        {status.advice === null ? null : (
          <div className="quiet">
            <ForeignText>{status.advice}</ForeignText>
          </div>
        )}
        {health.status !== 'not-applicable' ? null : (
          <div className="faint">
            {!status.enabled
              ? 'Nobody asked to watch it.'
              : startedAt === null && provider !== 'ssh'
                ? 'It is checked while it runs.'
                : 'The first check is still to come.'}
          </div>
        )}
      </Fact>
      <Fact name="Last check">
        {health.lastCheck === null ? <span className="faint">none yet</span> : <Ago at={health.lastCheck} />}
        {health.method === null ? null : <span className="faint"> by {methodWord(health.method)}</span>}
      </Fact>
      <Fact name="Failures">
        {status.sshFailures} of {status.sshThreshold}
        <span className="faint"> in a row until it counts as down</span>
      </Fact>
      <Fact name="Target">
        {status.target === null ? (
          <span className="faint">nothing leads to its SSH</span>
        ) : (
          <>
            <span className="mono">
              <ForeignText>{status.target}</ForeignText>
            </span>
            <CopyButton what="the target" text={status.target} />
          </>
        )}
      </Fact>
    </Facts>
  );
}

function methodWord(method: string): string {
  const known = checkMethods.find((each) => each === method);
  return known === undefined ? method : checkMethodWords[known];
}

/** Who answers is in doubt: what that means, and the way out that does not believe the one who answers. */
function Doubt({ machine, status }: { readonly machine: Machine; readonly status: WatchStatus }) {
  const [, address = '', port = '22'] = /@(.*):(\d+)$/.exec(status.target ?? '') ?? [];
  const name = port === '22' ? address : `[${address}]:${port}`;
  const forget = `ssh-keygen -R '${name}'`;
  return (
    <section className="doubt" role="alert" aria-label="Security">
      <Mark kind="guard" />
      <div>
        <h3>
          {healthWord(machine.health)}: <ForeignText>{machine.name}</ForeignText> may be up, but who answers is in doubt
        </h3>
        <p>
          Vigil sent no key and no command. Either the machine was made anew or got new keys, or someone stands in
          between.
        </p>
        <ol>
          <li>
            On the machine’s own console, not over this connection:{' '}
            <code>ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub</code>
          </li>
          <li>
            Compare it with the fingerprint in the reason below. If they differ, stop here and find out who answers.
          </li>
          <li>
            If they are the same, forget the old key and connect once by hand: <code>{forget}</code>
            <CopyButton what="the command" text={forget} />
          </li>
        </ol>
      </div>
    </section>
  );
}
