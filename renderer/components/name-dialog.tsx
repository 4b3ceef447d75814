import { type ReactNode, useState } from 'react';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import type { FieldFault } from './field-fault.ts';
import { TextField } from './form-field.tsx';

interface NameDialogProps {
  readonly title: ReactNode;
  readonly label: string;
  readonly hint: string;
  readonly initial: string;
  /** On the button that does it. */
  readonly verb: string;
  /** What is wrong with a name; undefined when nothing is. */
  faultOf(name: string): FieldFault | undefined;
  onName(name: string): void;
  onClose(): void;
  /** What is chosen besides the name. */
  readonly children?: ReactNode;
}

/** Asks for a name, and says beside the field what is wrong with it before anything is begun. */
export function NameDialog(props: NameDialogProps) {
  const { title, label, hint, initial, verb, faultOf, onName, onClose, children } = props;
  const [name, setName] = useState(initial);
  const fault = faultOf(name);
  const take = () => {
    if (fault !== undefined) return;
    onName(name);
    onClose();
  };
  return (
    <Dialog
      title={title}
      onClose={onClose}
      choices={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" off={fault?.message} onClick={take}>
            {verb}
          </Button>
        </>
      }
    >
      <form
        className="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          take();
        }}
      >
        <TextField
          label={label}
          hint={hint}
          value={name}
          onChange={setName}
          fault={name === '' ? undefined : fault}
          maxLength={63}
          isCode
          wide
        />
        {children}
      </form>
    </Dialog>
  );
}
