import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { CartesianGrid, Line, LineChart, XAxis, YAxis } from 'recharts';

/** The least a page with one live chart of recharts can be: two minutes of one value, a second apart. */

const points = 120;
const value = (seed: number): number => ((seed * 7919) % 997) / 10;

function Chart({ round }: { readonly round: number }) {
  const data = Array.from({ length: points }, (_, place) => ({ at: round + place, value: value(round + place) }));
  return (
    <LineChart width={900} height={300} data={data}>
      <CartesianGrid />
      <XAxis dataKey="at" />
      <YAxis domain={[0, 100]} />
      <Line dataKey="value" dot={false} isAnimationActive={false} />
    </LineChart>
  );
}

const place = document.createElement('div');
document.body.append(place);
const root = createRoot(place);
const update = (round: number): void => flushSync(() => root.render(<Chart round={round} />));
update(0);
Object.defineProperty(window, 'bench', { value: { update } });
