import type { Machine } from '../../../main/contract/machine.ts';
import { stateWordOf } from '../../../main/contract/state-words.ts';
import type { MachineFile } from '../../client/use-machine-detail.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Ago, Lasting, Moment } from '../../components/relative-time.tsx';
import { bytes, chosenSize, percent } from '../../format/sizes.ts';
import { acceleratorName } from '../../format/words.ts';
import { AzureFacts } from './azure-facts.tsx';
import { AzureSchedule } from './azure-schedule.tsx';
import { DisksTable } from './disks-table.tsx';
import { EditSettings } from './edit-settings.tsx';

interface ConfigurationTabProps {
  readonly machine: Machine;
  readonly file: MachineFile;
}

/** What it is made of and where it lies. */
export function ConfigurationTab({ machine, file }: ConfigurationTabProps) {
  const config = file.detail?.config ?? null;
  const pending = file.detail?.pending;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className="configuration scroll" tabIndex={0} aria-label="What it is made of">
      {file.error === null ? null : (
        <p className="crit">
          <ForeignText>{file.error.message}</ForeignText>
        </p>
      )}
      <RunFacts machine={machine} file={file} />
      {machine.azure === undefined ? null : <AzureFacts machine={machine} azure={machine.azure} />}
      {machine.azure === undefined ? null : <AzureSchedule machine={machine} />}
      {machine.provider !== 'qemu' ? null : <ConfigurationFacts file={file} machine={machine} />}
      <GuestFacts file={file} />
      <PlaceFacts file={file} />
      {config === null || machine.provider !== 'qemu' ? null : (
        <>
          <EditSettings machine={machine} config={file.detail?.pending ?? config} isPending={pending !== undefined} />
          <DisksTable machine={machine} disks={file.detail?.disks ?? []} />
        </>
      )}
    </section>
  );
}

function RunFacts({ machine, file }: ConfigurationTabProps) {
  const { startedAt, pid, accelerator } = machine;
  return (
    <Facts title="Now">
      <Fact name="State">
        {stateWordOf(machine)}
        {machine.azure !== undefined ? null : machine.wanted === 'running' && startedAt === null ? (
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

function ConfigurationFacts({ machine, file }: ConfigurationTabProps) {
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
      <OptionalText name="MAC" text={file.detail?.mac ?? undefined} />
    </Facts>
  );
}

/** What the agent inside says. Silence is no data, and says so. */
function GuestFacts({ file: { detail } }: { readonly file: MachineFile }) {
  const guest = detail?.guest ?? null;
  if (guest === null) return null;
  return (
    <Facts title="In the guest">
      <Fact name="Agent">
        {guest.present ? 'answers' : <span className="faint">does not answer</span>}
        {guest.reason === null ? null : (
          <div className="faint">
            <ForeignText>{guest.reason}</ForeignText>
          </div>
        )}
      </Fact>
      {guest.os === null ? null : (
        <Fact name="System">
          <ForeignText>{guest.os}</ForeignText>
        </Fact>
      )}
      {guest.hostName === null ? null : (
        <Fact name="Host name">
          <ForeignText>{guest.hostName}</ForeignText>
        </Fact>
      )}
      {guest.addresses.map(({ address, interface: card }) => (
        <Fact key={`${card} ${address}`} name={card}>
          <span className="mono">
            <ForeignText>{address}</ForeignText>
          </span>
          <CopyButton what={`the address ${address}`} text={address} />
        </Fact>
      ))}
      {guest.fileSystems.map(({ mount, usedBytes, totalBytes }) => (
        <Fact key={mount} name={mount}>
          {usedBytes === null || totalBytes === null
            ? 'not known'
            : `${bytes(usedBytes)} of ${bytes(totalBytes)} (${percent(usedBytes / totalBytes)})`}
        </Fact>
      ))}
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
  if (detail === null || (detail.definitionPath ?? detail.diskPath ?? detail.consoleLogPath) === null) return null;
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
