import { useEffect } from 'react';
import type { Settings } from '../../../main/contract/settings.ts';
import { useClient } from '../../client/client-context.tsx';
import { useNotices, useSettings, useStatus } from '../../client/use-engine.ts';
import { Checkbox } from '../../components/checkbox.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { EngineSentence } from '../../components/engine-sentence.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { HostSection } from '../../components/host-section.tsx';
import { Mark } from '../../components/mark.tsx';
import { Since } from '../../components/relative-time.tsx';
import { useToast } from '../../components/toasts.tsx';
import { duration } from '../../format/times.ts';
import { fleetHref, go } from '../../route.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { AzureSettings } from './azure-settings.tsx';
import { HealingSettings } from './healing-settings.tsx';
import { MachineSettings } from './machine-settings.tsx';
import { ReadingSettings } from './reading-settings.tsx';

type Theme = Settings['desktop']['theme'];

const themes: readonly (readonly [theme: Theme, word: string])[] = [
  ['system', 'As this computer'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

export function SettingsPage() {
  const { host, status } = useClient();
  useShortcut('r', () => void Promise.all([host.refresh(), status.refresh()]));
  useShortcut('Escape', () => go(fleetHref));
  useEffect(() => void status.refresh(), [status]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className="scroll" tabIndex={0} aria-label="Settings">
      <div className="page-column">
        <NoticeList />
        <ThemeChoice />
        <DesktopChoices />
        <AzureSettings />
        <ReadingSettings />
        <HealingSettings />
        <HostSection />
        <MachineSettings />
        <About />
      </div>
    </section>
  );
}

const marks = { critical: 'crit', warning: 'warn', info: 'off' } as const;
const severityWords = { critical: 'Needs you', warning: 'Warning', info: 'Note' } as const;

function NoticeList() {
  const notices = useNotices();
  if (notices.length === 0) return null;
  return (
    <section aria-label="Notices">
      <header className="section-head">
        <h2>Notices of the engine</h2>
      </header>
      <ul className="notices">
        {notices.map(({ id, severity, text, hint, since }) => (
          <li key={id}>
            <Mark kind={marks[severity]} label={severityWords[severity]} />
            <span>
              <b>
                <EngineSentence>{text}</EngineSentence>
              </b>{' '}
              <ForeignText className="quiet">{hint ?? ''}</ForeignText>
            </span>
            <span className="faint">
              since <Since at={since} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function ThemeChoice() {
  const { connection } = useClient();
  const toast = useToast();
  const theme = useSettings()?.desktop.theme ?? 'system';
  const change = (next: Theme) => {
    connection.call('settings.change', { desktop: { theme: next } }).catch((error: unknown) =>
      toast({
        mark: 'crit',
        stays: true,
        text: `The theme could not be kept: ${error instanceof Error ? error.message : String(error)}`,
      }),
    );
  };
  return (
    <section aria-label="Looks">
      <header className="section-head">
        <h2>Looks</h2>
      </header>
      <fieldset className="setting">
        <legend>Theme</legend>
        <span className="segments">
          {themes.map(([value, word]) => (
            <label className="segment" key={value}>
              <input
                type="radio"
                name="theme"
                className="visually-hidden"
                checked={theme === value}
                onChange={() => change(value)}
              />
              {word}
            </label>
          ))}
        </span>
      </fieldset>
    </section>
  );
}

/** How Vigil shows itself at the desktop, outside of its window. */
function DesktopChoices() {
  const { connection } = useClient();
  const toast = useToast();
  const settings = useSettings();
  if (settings === null) return null;
  const { notifications, start_at_login: startAtLogin } = settings.desktop;
  const change = (desktop: { readonly notifications?: boolean; readonly start_at_login?: boolean }) => {
    connection.call('settings.change', { desktop }).catch((error: unknown) =>
      toast({
        mark: 'crit',
        stays: true,
        text: `The setting could not be kept: ${error instanceof Error ? error.message : String(error)}`,
      }),
    );
  };
  return (
    <section aria-label="Desktop">
      <header className="section-head">
        <h2>Desktop</h2>
      </header>
      <fieldset className="setting">
        <legend>Notifications</legend>
        <Checkbox checked={notifications} onChange={(on) => change({ notifications: on })}>
          Tell me when a machine ends by itself
        </Checkbox>
      </fieldset>
      <fieldset className="setting">
        <legend>Login</legend>
        <Checkbox checked={startAtLogin} onChange={(on) => change({ start_at_login: on })}>
          Start Vigil when I log in
        </Checkbox>
      </fieldset>
    </section>
  );
}

function About() {
  const status = useStatus();
  if (status === null) return null;
  return (
    <section aria-label="About">
      <header className="section-head">
        <h2>About</h2>
      </header>
      <dl>
        <Setting name="Version">{status.version}</Setting>
        <Setting name="Data home">
          <span className="mono">
            <ForeignText>{status.home}</ForeignText>
          </span>
          <CopyButton what="the path of the data home" text={status.home} />
        </Setting>
        <Setting name="Engine">
          {status.host === 'app' ? 'in this app' : 'a headless engine; this window is its guest'}
          {status.pid === null ? '' : `, process ${status.pid}`}
          {status.uptimeSeconds === null ? '' : `, up ${duration(status.uptimeSeconds * 1000)}`}
        </Setting>
      </dl>
    </section>
  );
}

function Setting({ name, children }: { readonly name: string; readonly children: React.ReactNode }) {
  return (
    <div className="setting">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
