import type { ReactNode } from 'react';
import type { CrashRecord } from '../../../main/contract/crash-record.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { stateWords } from '../../../main/contract/state-words.ts';
import { useJournal } from '../../client/use-engine.ts';
import type { MachineFile } from '../../client/use-machine-detail.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { JournalSection } from '../../components/journal-section.tsx';
import { Ago, Lasting, Moment } from '../../components/relative-time.tsx';
import { consoleText } from '../../format/console-text.ts';
import { capitalised } from '../../format/sentence.ts';
import { bytes, chosenSize, percent } from '../../format/sizes.ts';
import { acceleratorName } from '../../format/words.ts';
import { machineHref } from '../../route.ts';

interface OverviewTabProps {
  readonly machine: Machine;
  readonly file: MachineFile;
}

/** What it is made of and what it does, beside the newest part of its story. */
export function OverviewTab({ machine, file }: OverviewTabProps) {
  const journal = useJournal(machine.id);
  const [crash] = file.crashes;
  return (
    <div className="overview">
      <div className="overview-facts scroll">
        {file.error === null ? null : (
          <p className="crit">
            <ForeignText>{file.error.message}</ForeignText>
          </p>
        )}
        <RunFacts machine={machine} file={file} />
        <ConfigurationFacts file={file} machine={machine} />
        <PlaceFacts file={file} />
        {crash === undefined ? null : <LastCrash crash={crash} machine={machine} />}
      </div>
      <aside className="overview-why" aria-label="Why">
        <header className="section-head">
          <h3 className="section-title">Why</h3>
          <span className="faint tiny">newest first, read down</span>
          <span className="grow" />
          <a href={machineHref(machine.id, 'timeline')}>All</a>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard */}
        <section className="scroll" tabIndex={0} aria-label="Latest entries of the timeline">
          <JournalSection
            journal={journal}
            entries={journal.entries.slice(0, 12)}
            namesMachines={false}
            empty="What happens to this machine will stand here."
          />
        </section>
      </aside>
    </div>
  );
}

function RunFacts({ machine, file }: OverviewTabProps) {
  const { startedAt, pid, accelerator } = machine;
  return (
    <Facts title="Now">
      <Fact name="State">
        {stateWords[machine.state]}
        {machine.wanted === 'running' && startedAt === null ? (
          <span className="faint">, but it should run</span>
        ) : machine.wanted === 'stopped' && startedAt !== null ? (
          <span className="faint">, to be stopped</span>
        ) : null}
      </Fact>
      {startedAt === null ? null : (
        <Fact name="This run">
          began <Moment at={startedAt} />, up <Lasting at={startedAt} />
        </Fact>
      )}
      {accelerator === undefined ? null : (
        <Fact name="Accelerator">
          {accelerator === 'tcg' ? 'None, QEMU emulates (TCG)' : acceleratorName(accelerator)}
          {file.detail?.acceleratorReason == null ? null : (
            <div className="faint">
              <ForeignText>{file.detail.acceleratorReason}</ForeignText>
            </div>
          )}
        </Fact>
      )}
      {pid === undefined ? null : (
        <Fact name="Process">
          <span className="mono">{pid}</span>
        </Fact>
      )}
      <Fact name="Created">
        <Ago at={machine.createdAt} />
      </Fact>
      <Fact name="Id">
        <span className="mono">{machine.id.slice(0, 8)}</span>
        <CopyButton what="the id" text={machine.id} />
      </Fact>
    </Facts>
  );
}

function ConfigurationFacts({ machine, file }: OverviewTabProps) {
  const config = file.detail?.config ?? null;
  const used = file.detail?.diskUsedBytes ?? null;
  const diskMib = machine.diskMib;
  return (
    <Facts title="Configuration">
      <Fact name="CPUs">{machine.cpus ?? '–'}</Fact>
      <Fact name="Memory">{machine.memoryMib === null ? '–' : chosenSize(machine.memoryMib)}</Fact>
      <Fact name="Disk">
        {diskMib === null ? '–' : chosenSize(diskMib)}
        {used === null || diskMib === null ? null : (
          <span className="disk-used">
            <span className="disk-bar" aria-hidden="true">
              <i style={{ width: `${Math.min(100, (used / (diskMib * 1024 * 1024)) * 100)}%` }} />
            </span>
            <span className="faint">
              {bytes(used)} taken here ({percent(used / (diskMib * 1024 * 1024))})
            </span>
          </span>
        )}
      </Fact>
      <Fact name="Ports">
        {machine.forwards.length === 0 ? (
          <span className="faint">none lead in</span>
        ) : (
          <span className="mono">{machine.forwards.map(({ host, guest }) => `${host}→${guest}`).join(', ')}</span>
        )}
      </Fact>
      <OptionalText name="Kernel" text={config?.kernel} />
      <OptionalText name="Initrd" text={config?.initrd} />
      <OptionalText name="Append" text={config?.append} />
      <OptionalText name="CD image" text={config?.iso} />
      <OptionalText name="MAC" text={config?.mac} />
    </Facts>
  );
}

function OptionalText({ name, text }: { readonly name: string; readonly text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <Fact name={name}>
      <span className="mono breaks">
        <ForeignText>{text}</ForeignText>
      </span>
    </Fact>
  );
}

function PlaceFacts({ file: { detail } }: { readonly file: MachineFile }) {
  if (detail === null) return null;
  return (
    <Facts title="On this computer">
      <PathFact name="Definition" path={detail.definitionPath} />
      <PathFact name="Disk" path={detail.diskPath} />
      <PathFact name="Console log" path={detail.consoleLogPath} />
    </Facts>
  );
}

function PathFact({ name, path }: { readonly name: string; readonly path: string | null }) {
  if (path === null) return null;
  return (
    <Fact name={name}>
      <span className="mono breaks">
        <ForeignText>{path}</ForeignText>
      </span>
      <CopyButton what={`the path of the ${name.toLowerCase()}`} text={path} />
    </Fact>
  );
}

function LastCrash({ crash, machine }: { readonly crash: CrashRecord; readonly machine: Machine }) {
  return (
    <section className="facts" aria-label="Last unexpected end">
      <h3 className="section-title">Last unexpected end</h3>
      <div className="crash">
        <p>
          <b>
            <Ago at={crash.at} />
          </b>{' '}
          <ForeignText className="quiet">{capitalised(crash.summary)}</ForeignText>
        </p>
        {crash.consoleTail === '' ? null : (
          <>
            <p className="faint tiny">
              Last words on its console; <a href={machineHref(machine.id, 'console')}>the whole log</a>
            </p>
            <pre className="crash-tail">{consoleText(crash.consoleTail)}</pre>
          </>
        )}
      </div>
    </section>
  );
}

function Facts({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="facts" aria-label={title}>
      <h3 className="section-title">{title}</h3>
      <dl>{children}</dl>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
