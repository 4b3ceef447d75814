import type { CrashRecord } from '../../../main/contract/crash-record.ts';
import type { Machine } from '../../../main/contract/machine.ts';
import { ForeignText } from '../../components/foreign-text.tsx';
import { Ago } from '../../components/relative-time.tsx';
import { consoleText } from '../../format/console-text.ts';
import { capitalised } from '../../format/sentence.ts';
import { machineHref } from '../../route.ts';

/** How it ended without being asked to, with its last words. */
export function LastCrash({ crash, machine }: { readonly crash: CrashRecord; readonly machine: Machine }) {
  return (
    <section className="facts" aria-label="Last unexpected end">
      <h3 className="section-title">Last unexpected end</h3>
      <div className="crash">
        <p>
          <b>
            <Ago at={crash.at} />
          </b>{' '}
          <ForeignText className="quiet">{capitalised(crash.summary)}</ForeignText>
        </p>
        {crash.consoleTail === '' ? null : (
          <>
            <p className="faint tiny">
              Last words on its console; <a href={machineHref(machine.id, 'console')}>the whole log</a>
            </p>
            <pre className="crash-tail">{consoleText(crash.consoleTail)}</pre>
          </>
        )}
      </div>
    </section>
  );
}
