import { useState } from 'react';
import { failureOf } from '../../../main/contract/failure.ts';
import { type Settings, SettingsPatch } from '../../../main/contract/settings.ts';
import { useClient } from '../../client/client-context.tsx';
import { useSettings } from '../../client/use-engine.ts';
import { useHealingPause } from '../../client/use-healing-pause.ts';
import { Button } from '../../components/button.tsx';
import { type FieldFault, faultsOfSchema, numberOf } from '../../components/field-fault.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { TextField } from '../../components/form-field.tsx';
import { LinesField } from '../../components/lines-field.tsx';
import { Mark } from '../../components/mark.tsx';
import { Moment } from '../../components/relative-time.tsx';
import { usePausing } from '../../components/use-pausing.tsx';

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
      {settings === null ? null : <HealingForm healing={settings.healing} />}
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

interface Form {
  readonly quiet: string;
  /** One a line. */
  readonly witnesses: string;
}

type Healing = Settings['healing'];

const formOf = ({ quiet_after_action_seconds, witnesses }: Healing): Form => ({
  quiet: String(quiet_after_action_seconds),
  witnesses: witnesses.join('\n'),
});

const linesOf = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

/** Only what differs from what is kept. */
function changeOf(form: Form, kept: Form): Readonly<Record<string, unknown>> {
  return {
    ...(form.quiet.trim() === kept.quiet ? {} : { quiet_after_action_seconds: numberOf(form.quiet) }),
    ...(linesOf(form.witnesses).join('\n') === kept.witnesses ? {} : { witnesses: linesOf(form.witnesses) }),
  };
}

function HealingForm({ healing }: { readonly healing: Healing }) {
  const { connection } = useClient();
  const [typed, setTyped] = useState<Form | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isUnderWay, setUnderWay] = useState(false);
  const kept = formOf(healing);
  const form = typed ?? kept;
  const change = changeOf(form, kept);
  const parsed = SettingsPatch.safeParse({ healing: change });
  const faults = faultsOfSchema(parsed);
  const faultOf = (key: keyof Healing): FieldFault | undefined => {
    const found = faults.find(({ field }) => field.split('.')[1] === key);
    const line = found?.field.split('.')[2];
    if (found === undefined || line === undefined) return found;
    return { ...found, message: `“${linesOf(form.witnesses)[Number(line)] ?? ''}”: ${found.message}` };
  };
  const set = (next: Partial<Form>): void => {
    setTyped({ ...form, ...next });
    setRefusal(null);
  };

  async function save(): Promise<void> {
    if (!parsed.success) return;
    setUnderWay(true);
    try {
      await connection.call('settings.change', parsed.data);
      setTyped(null);
    } catch (error) {
      setRefusal(failureOf(error).message);
    }
    setUnderWay(false);
  }

  const isChanged = Object.keys(change).length > 0;
  const off = isUnderWay ? 'It is being changed.' : isChanged ? faults[0]?.message : 'Nothing was changed.';
  return (
    <form className="healing-form" aria-label="What healing goes by" onSubmit={(event) => event.preventDefault()}>
      <div className="form-grid">
        <TextField
          label="Quiet time"
          hint="no healing so long after a person worked on a machine"
          fault={faultOf('quiet_after_action_seconds')}
          value={form.quiet}
          onChange={(quiet) => set({ quiet })}
          unit="s"
          isNumber
          maxLength={12}
        />
        <LinesField
          label="Witnesses"
          hint="host:port, one a line; asked whether this computer’s own network is well"
          fault={faultOf('witnesses')}
          value={form.witnesses}
          onChange={(witnesses) => set({ witnesses })}
          placeholder="192.168.1.1:443"
        />
      </div>
      <div className="watch-verbs">
        <Button look={isChanged ? 'primary' : 'normal'} off={off} onClick={() => void save()}>
          Save
        </Button>
        <Button off={isChanged ? undefined : 'Nothing was changed.'} onClick={() => setTyped(null)}>
          Undo
        </Button>
        <span className="crit cut" role="status">
          {refusal === null ? null : (
            <>
              <Mark kind="crit" /> <ForeignText>{refusal}</ForeignText>
            </>
          )}
        </span>
      </div>
    </form>
  );
}
