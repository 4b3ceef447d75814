import { useSettings } from '../../client/use-engine.ts';
import { useHealingPause } from '../../client/use-healing-pause.ts';
import { Button } from '../../components/button.tsx';
import { Mark } from '../../components/mark.tsx';
import { Moment } from '../../components/relative-time.tsx';
import { usePausing } from '../../components/use-pausing.tsx';
import { linesOf, numberField, type SettingField, SettingsForm } from './settings-form.tsx';

const fields: readonly SettingField[] = [
  numberField(
    'healing.quiet_after_action_seconds',
    { label: 'Quiet time', hint: 'no healing so long after a person worked on a machine', unit: 's' },
    ({ healing }) => healing.quiet_after_action_seconds,
  ),
  {
    place: 'healing.witnesses',
    label: 'Witnesses',
    hint: 'host:port, one a line; asked whether this computer’s own network is well',
    placeholder: '192.168.1.1:443',
    write: ({ healing }) => healing.witnesses.join('\n'),
    read: linesOf,
  },
];

/** Healing of the whole fleet: held back or not, and what it goes by. */
export function HealingSettings() {
  const settings = useSettings();
  return (
    <section aria-label="Healing">
      <header className="section-head">
        <h2>Healing</h2>
        <span className="faint">What may be done for a machine stands on its Health tab.</span>
      </header>
      <PauseChoice />
      {settings === null ? null : <SettingsForm name="What healing goes by" settings={settings} fields={fields} />}
    </section>
  );
}

function PauseChoice() {
  const pause = useHealingPause();
  const { pause: hold, resume } = usePausing();
  return (
    <fieldset className="setting">
      <legend>Repairs</legend>
      <span className="pause-choice">
        {pause === null ? (
          <span className="faint">not known</span>
        ) : pause.paused ? (
          <>
            <Mark kind="warn" />
            <span>
              <b>Paused</b>{' '}
              {pause.until === null ? (
                'until someone lets them go on'
              ) : (
                <>
                  until <Moment at={pause.until} />
                </>
              )}
            </span>
            <Button size="small" look="primary" onClick={resume}>
              Resume healing
            </Button>
          </>
        ) : (
          <>
            <Mark kind="ok" />
            <span>As each machine’s policy says</span>
            <Button size="small" onClick={() => hold(3600)}>
              Pause for 1 hour
            </Button>
            <Button size="small" onClick={() => hold()}>
              Pause until I resume
            </Button>
          </>
        )}
      </span>
    </fieldset>
  );
}
