import { useHost } from '../../client/use-engine.ts';
import { Mark } from '../../components/mark.tsx';
import { SkeletonRows } from '../../components/patience.tsx';
import { type Asked, type Fit, fitsOf } from './fit.ts';

const marks = { fits: 'ok', tight: 'warn', refused: 'crit', unsaid: 'unk' } as const;
const inks = { fits: 'ok', tight: 'warn', refused: 'crit', unsaid: 'faint' } as const;

/** Will it fit: promised, this machine, free. */
export function FitPanel({ asked }: { readonly asked: Asked }) {
  const { value: host, error } = useHost();
  const fits = host === null ? [] : fitsOf(asked, host);
  return (
    <section className="fits" aria-label="Will it fit">
      <h2 className="section-title">Will it fit</h2>
      {host === null && error === null ? <SkeletonRows count={3} what="this computer" /> : null}
      {host === null && error !== null ? <p className="quiet small">{error.message}</p> : null}
      {fits.map((fit) => (
        <FitBar key={fit.name} fit={fit} />
      ))}
      {fits.some(({ tick }) => tick !== null) ? (
        <p className="faint tiny">The tick is what the computer really has; past it, machines share.</p>
      ) : null}
    </section>
  );
}

function FitBar({ fit }: { readonly fit: Fit }) {
  const { name, verdict, words, sum, promised, asked, tick } = fit;
  return (
    <div className="fit">
      <div className="fit-head">
        <b>{name}</b>
        <span className={inks[verdict]}>
          {words === '' ? null : <Mark kind={marks[verdict]} />} {words}
        </span>
      </div>
      <div className="fit-bar" aria-hidden="true">
        <i className="fit-promised" style={{ width: `${promised * 100}%` }} />
        <i className={`fit-asked fit-${verdict}`} style={{ width: `${asked * 100}%` }} />
        {tick === null ? null : <u style={{ left: `${tick * 100}%` }} />}
      </div>
      <p className="faint tiny">{sum}</p>
    </div>
  );
}
