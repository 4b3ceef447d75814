import { Cloud, type LucideIcon, Monitor, Terminal } from 'lucide-react';
import { useHost } from '../../client/use-engine.ts';
import { HostSection } from '../../components/host-section.tsx';
import { addHostHref, newMachineHref, settingsHref } from '../../route.ts';
import { BinButton } from './bin-button.tsx';

/** Nothing is here yet: what to begin with, and whether this computer is ready for it. */
export function FirstRun() {
  const { value: host } = useHost();
  const lacksQemu = host !== null && host.qemuVersion === null;
  return (
    <div className="scroll">
      <div className="first-run">
        <h2 className="first-run-title">Nothing to watch yet</h2>
        <p className="quiet">Start with one of these. Each ends with a machine in this list.</p>
        <div className="start-cards">
          <StartCard
            icon={Monitor}
            title="Create a local machine"
            verb="New machine"
            href={newMachineHref}
            isFirst={!lacksQemu}
            command="vigil create dev --start"
          >
            {lacksQemu
              ? 'QEMU is missing on this computer; the line below says how to get it.'
              : '2 CPUs, 2 GiB of memory, a 20 GiB disk that grows as it fills. Vigil makes the disk; you bring what it boots.'}
          </StartCard>
          <StartCard
            icon={Cloud}
            title="Sign in to Azure"
            verb="To the sign-in"
            href={settingsHref}
            isFirst={false}
            command="vigil azure login"
          >
            The machines of your subscriptions: how they are, whether they are paid for, and every verb your account has
            the right to.
          </StartCard>
          <StartCard
            icon={Terminal}
            title="Add an SSH host"
            verb="Add a host"
            href={addHostHref}
            isFirst={lacksQemu}
            command="vigil host add pi --address pi.example.org"
          >
            A machine that is somewhere already. Vigil checks it over SSH and reads how busy it is; nothing is installed
            on it.
          </StartCard>
        </div>
        <div>
          <BinButton isNamed />
        </div>
        <HostSection />
      </div>
    </div>
  );
}

interface StartCardProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly verb: string;
  readonly href: string;
  readonly isFirst: boolean;
  readonly command: string;
  readonly children: string;
}

function StartCard({ icon: Icon, title, verb, href, isFirst, command, children }: StartCardProps) {
  return (
    <article className="start-card">
      <header>
        <Icon className="icon" strokeWidth={1.6} aria-hidden="true" />
        <h3>{title}</h3>
      </header>
      <p className="quiet">{children}</p>
      <a className={isFirst ? 'button button-primary' : 'button button-normal'} href={href}>
        {verb}
      </a>
      <code className="start-command">{command}</code>
    </article>
  );
}
