import { ArchiveRestore } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { BinDialog } from './bin-dialog.tsx';

/** The way to what was deleted; with its name beside it where there is room. */
export function BinButton({ isNamed = false }: { readonly isNamed?: boolean }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        look="plain"
        size="small"
        icon={ArchiveRestore}
        aria-label="Deleted machines"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        {...(isNamed ? { children: 'Deleted machines' } : {})}
      />
      {isOpen ? <BinDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
}
