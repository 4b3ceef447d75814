import { Monitor } from 'lucide-react';
import { useHost } from '../../client/use-engine.ts';
import { HostSection } from '../../components/host-section.tsx';
import { newMachineHref } from '../../route.ts';

/** Nothing is here yet: what to begin with, and whether this computer is ready for it. */
export function FirstRun() {
  const { value: host } = useHost();
  const lacksQemu = host !== null && host.qemuVersion === null;
  return (
    <div className="scroll">
      <div className="first-run">
        <h2 className="first-run-title">Nothing to watch yet</h2>
        <p className="quiet">Start with a machine on this computer. It ends up in this list, ready to be started.</p>
        <article className="start-card">
          <header>
            <Monitor className="icon" strokeWidth={1.6} aria-hidden="true" />
            <h3>Create a local machine</h3>
          </header>
          <p className="quiet">
            {lacksQemu
              ? 'QEMU is missing on this computer; the line below says how to get it.'
              : '2 CPUs, 2 GiB of memory, a 20 GiB disk that grows as it fills. Vigil makes the disk; you bring what it boots.'}
          </p>
          <a className="button button-primary" href={newMachineHref}>
            New machine
          </a>
          <code className="start-command">vigil create dev --start</code>
        </article>
        <HostSection />
      </div>
    </div>
  );
}
