import { Camera, History, MemoryStick, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Machine } from '../../../main/contract/machine.ts';
import type { Snapshot } from '../../../main/contract/snapshot.ts';
import { useSnapshots } from '../../client/use-snapshots.ts';
import { useActions } from '../../components/actions.tsx';
import { Button } from '../../components/button.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ForeignText } from '../../components/foreign-text.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { Ago } from '../../components/relative-time.tsx';
import { bytes, counted } from '../../format/sizes.ts';
import { DeleteSnapshotDialog, RevertDialog } from './snapshot-dialogs.tsx';
import { type SnapshotNode, snapshotTree } from './snapshot-tree.ts';

const creators = { user: 'taken by hand', schedule: 'taken by schedule', safety: 'safety' } as const;

type Question = { readonly kind: 'revert' | 'delete'; readonly snapshot: Snapshot };

/** The points a machine can go back to, as the tree they grew in, and the verbs for each. */
export function SnapshotsTab({ machine }: { readonly machine: Machine }) {
  const { run } = useActions();
  const { snapshots, error } = useSnapshots(machine);
  const [question, setQuestion] = useState<Question | null>(null);
  const canTake = machine.capabilities.includes('snapshot');
  const take = (
    <Button
      icon={Camera}
      off={canTake ? undefined : 'A snapshot cannot be taken just now.'}
      onClick={() => run('snapshot', [machine])}
    >
      Take a snapshot…
    </Button>
  );
  if (snapshots === null) {
    if (error === null) return <SkeletonRows count={6} what="its snapshots" />;
    return (
      <p className="crit snapshots-note" role="alert">
        <ForeignText>{error.message}</ForeignText>
      </p>
    );
  }
  if (snapshots.length === 0) {
    return (
      <EmptyState
        icon={<Camera className="icon icon-large" strokeWidth={1.4} aria-hidden="true" />}
        title="No snapshots yet"
        verb={take}
      >
        A snapshot of a running machine keeps its memory too: going back puts it where it stood, down to the running
        programs. Before every way back Vigil takes one of the present by itself.
      </EmptyState>
    );
  }
  const nodes = snapshotTree(snapshots);
  const total = snapshots.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keyboard
    <section className="snapshots scroll" tabIndex={0} aria-label="Snapshots">
      <div className="snapshots-head">
        <span className="quiet grow">
          {counted(snapshots.length, 'snapshot')}
          {total === 0 ? '' : `, ${bytes(total)} of memory and changes`}
        </span>
        {take}
      </div>
      {error === null ? null : (
        <p className="crit snapshots-note" role="alert">
          <ForeignText>{error.message}</ForeignText>
        </p>
      )}
      <table className="snapshots-table">
        <thead>
          <tr>
            <th scope="col">Snapshot</th>
            <th scope="col">Taken</th>
            <th scope="col" className="number">
              Size
            </th>
            <th scope="col">By</th>
            <th scope="col">
              <span className="visually-hidden">Verbs</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node) => (
            <SnapshotRow
              key={node.snapshot.id}
              node={node}
              machine={machine}
              ask={(kind) => setQuestion({ kind, snapshot: node.snapshot })}
            />
          ))}
        </tbody>
      </table>
      {question?.kind === 'revert' ? (
        <RevertDialog machine={machine} snapshot={question.snapshot} onClose={() => setQuestion(null)} />
      ) : null}
      {question?.kind === 'delete' ? (
        <DeleteSnapshotDialog machine={machine} snapshot={question.snapshot} onClose={() => setQuestion(null)} />
      ) : null}
    </section>
  );
}

interface SnapshotRowProps {
  readonly node: SnapshotNode;
  readonly machine: Machine;
  ask(kind: Question['kind']): void;
}

function SnapshotRow({ node: { snapshot, depth }, machine, ask }: SnapshotRowProps) {
  const { name, live, current, consistent, creator, user, obstacle, sizeBytes, expiresAt } = snapshot;
  const isBusy = machine.operation !== null ? 'Something is being done to the machine.' : undefined;
  return (
    <tr className={current ? 'snapshot-current' : undefined}>
      <th scope="row">
        <span className="snapshot-name" style={{ paddingInlineStart: `${Math.min(depth, 12) * 20}px` }}>
          {depth === 0 ? null : <span className="snapshot-branch" aria-hidden="true" />}
          <b className="mono cut">
            <ForeignText>{name}</ForeignText>
          </b>
          {live ? (
            <span className="tag snapshot-live">
              <MemoryStick className="icon" strokeWidth={1.6} aria-hidden="true" />
              with memory
            </span>
          ) : null}
          {consistent ? <span className="tag">file systems frozen</span> : null}
          {current ? <span className="tag snapshot-now">you are here</span> : null}
        </span>
        {obstacle === null ? null : (
          <span className="snapshot-obstacle warn" style={{ paddingInlineStart: `${Math.min(depth, 12) * 20}px` }}>
            <ForeignText>{obstacle}</ForeignText>
          </span>
        )}
      </th>
      <td>
        <Ago at={snapshot.at} />
      </td>
      <td className="number">{sizeBytes === null ? <span className="faint">not known</span> : bytes(sizeBytes)}</td>
      <td>
        {user === null ? creators[creator] : <ForeignText>{user}</ForeignText>}
        {expiresAt === null ? null : (
          <span className="faint">
            , goes <Ago at={expiresAt} />
          </span>
        )}
      </td>
      <td className="snapshot-verbs">
        <Button
          size="small"
          icon={History}
          off={isBusy ?? (machine.capabilities.includes('revert') ? undefined : 'It cannot be reverted just now.')}
          onClick={() => ask('revert')}
        >
          Revert…
        </Button>
        <Button
          look="plain"
          size="small"
          icon={Trash2}
          off={isBusy}
          aria-label={`Delete ${name}`}
          onClick={() => ask('delete')}
        />
      </td>
    </tr>
  );
}
