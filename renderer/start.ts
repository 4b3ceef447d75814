import { showFirstPicture } from './first-picture/first-picture.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/controls.css';
import './styles/layers.css';
import './styles/parts.css';
import './styles/fleet.css';
import './styles/fleet-cards.css';
import './styles/machine.css';
import './styles/charts.css';
import './styles/alerts.css';
import './styles/inbox.css';
import './styles/forecasts.css';
import './styles/health.css';
import './styles/hooks.css';
import './styles/snapshots.css';
import './styles/new-machine.css';
import './styles/records.css';

/** The entry of the page: all that its first picture needs, and once that can be seen everything else. */

const longestPaintMs = 500;

if (showFirstPicture()) await painted();
await import('./main.tsx');

/** Making the app holds the page up for longer than drawing what is in front of it does. */
function painted(): Promise<void> {
  return new Promise((resolve) => {
    const paints = new PerformanceObserver((list) => {
      if (list.getEntriesByName('first-contentful-paint').length > 0) resolve();
    });
    paints.observe({ type: 'paint', buffered: true });
    // A window that opens minimised shows nothing.
    setTimeout(resolve, longestPaintMs);
  });
}
