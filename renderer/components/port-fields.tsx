import { Plus, X } from 'lucide-react';
import { useId } from 'react';
import { Button } from './button.tsx';
import type { FieldFault } from './field-fault.ts';
import { Fault } from './form-field.tsx';

/** Two ports as typed. */
export interface TypedForward {
  readonly host: string;
  readonly guest: string;
}

interface PortFieldsProps {
  readonly forwards: readonly TypedForward[];
  onChange(forwards: readonly TypedForward[]): void;
  onField(field: string, value: string): void;
  faultOf(field: string): FieldFault | undefined;
}

const mostForwards = 64;
/** What people forward most, in the order they do; the first free one is offered. */
const usual = [
  { host: '2222', guest: '22' },
  { host: '8080', guest: '80' },
  { host: '8443', guest: '443' },
] as const;

/** Ports of this computer that lead to ports of the guest. */
export function PortFields({ forwards, onChange, onField, faultOf }: PortFieldsProps) {
  const id = useId();
  const next = usual.find(({ guest }) => !forwards.some((each) => each.guest === guest)) ?? { host: '', guest: '' };
  return (
    <div className="ports">
      {forwards.map(({ host, guest }, index) => {
        const hostFault = faultOf(`forwards.${index}.host`);
        const guestFault = faultOf(`forwards.${index}.guest`);
        const fault = hostFault ?? guestFault ?? faultOf(`forwards.${index}`);
        const message = `${id}-${index}`;
        const box = (side: 'host' | 'guest', value: string, own: FieldFault | undefined, label: string) => (
          <div className={own === undefined ? 'field-box' : 'field-box field-box-bad'}>
            <input
              type="text"
              className="mono"
              inputMode="numeric"
              value={value}
              onChange={(event) => onField(`forwards.${index}.${side}`, event.target.value)}
              aria-label={label}
              aria-invalid={own === undefined ? undefined : true}
              aria-describedby={message}
              maxLength={12}
              autoComplete="off"
            />
          </div>
        );
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a forward is its place; both of its values change while typing
          <div className="port" key={index}>
            {box('host', host, hostFault, `Port of this computer, forward ${index + 1}`)}
            <span className="faint">to</span>
            {box('guest', guest, guestFault, `Port of the guest, forward ${index + 1}`)}
            <Button
              look="plain"
              size="small"
              icon={X}
              aria-label={`Remove forward ${index + 1}`}
              onClick={() => onChange(forwards.filter((_, place) => place !== index))}
            />
            <div id={message} className={fault === undefined ? 'field-hint' : 'field-hint field-fault'}>
              {fault === undefined ? (
                index === 0 ? (
                  'this computer to guest, TCP on 127.0.0.1'
                ) : null
              ) : (
                <Fault
                  fault={fault}
                  onFix={(value) => onField(fault === guestFault ? fault.field : `forwards.${index}.host`, value)}
                />
              )}
            </div>
          </div>
        );
      })}
      <div className="port-add">
        <Button
          size="small"
          look="plain"
          icon={Plus}
          off={forwards.length >= mostForwards ? 'At most 64 port forwards.' : undefined}
          onClick={() => onChange([...forwards, next])}
        >
          Add a forward
        </Button>
        {forwards.length === 0 ? (
          <span className="faint tiny">No port of this computer leads to the guest.</span>
        ) : null}
      </div>
    </div>
  );
}
