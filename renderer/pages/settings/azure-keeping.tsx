import { useState } from 'react';
import type { AzureKeeping as Keeping } from '../../../main/contract/azure.ts';
import { Button } from '../../components/button.tsx';
import { Checkbox } from '../../components/checkbox.tsx';
import { Dialog } from '../../components/dialog.tsx';

interface AzureKeepingProps {
  readonly keeping: Keeping;
  onKeep(keeping: Keeping): Promise<boolean>;
}

const words: Readonly<Record<Keeping, string>> = {
  vault: 'By the key store of this desktop',
  memory: 'Not at all: until Vigil ends',
  'in clear on the disk': 'Readable on the disk',
};

/** Where the sign-in outlasts Vigil. What anybody could read is taken only from somebody who accepts it in words. */
export function AzureKeeping({ keeping, onKeep }: AzureKeepingProps) {
  const [isAsking, setAsking] = useState(false);
  const choose = (next: Keeping): void => {
    if (next === keeping) return;
    if (next === 'in clear on the disk') setAsking(true);
    else void onKeep(next);
  };
  return (
    <fieldset className="setting">
      <legend>Sign-in kept</legend>
      <span className="segments">
        {(['vault', 'memory', 'in clear on the disk'] as const).map((value) => (
          <label className="segment" key={value}>
            <input
              type="radio"
              name="azure-keeping"
              className="visually-hidden"
              checked={keeping === value}
              onChange={() => choose(value)}
            />
            {words[value]}
          </label>
        ))}
      </span>
      {isAsking ? (
        <AcceptClearDialog onAccept={() => void onKeep('in clear on the disk')} onClose={() => setAsking(false)} />
      ) : null}
    </fieldset>
  );
}

function AcceptClearDialog({ onAccept, onClose }: { onAccept(): void; onClose(): void }) {
  const [isAccepted, setAccepted] = useState(false);
  return (
    <Dialog
      title="Keep the sign-in readable on the disk?"
      onClose={onClose}
      choices={
        <>
          <Button data-safe onClick={onClose}>
            Leave it as it is
          </Button>
          <Button
            look="danger"
            off={isAccepted ? undefined : 'Tick the box first.'}
            onClick={() => {
              onAccept();
              onClose();
            }}
          >
            Keep it readable
          </Button>
        </>
      }
    >
      <p>
        Whoever reads the files of your account, a backup of them or this disk can then do in Azure whatever you can.
        The key store of the desktop keeps it closed instead, and the Azure CLI needs nothing kept here.
      </p>
      <Checkbox checked={isAccepted} onChange={setAccepted}>
        I accept that my sign-in to Azure lies readable on this disk
      </Checkbox>
    </Dialog>
  );
}
