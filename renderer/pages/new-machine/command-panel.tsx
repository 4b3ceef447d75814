import { Fragment } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { visibleText } from '../../format/visible-text.ts';
import { commandLine, commandParts } from './draft-command.ts';
import type { DraftForm } from './draft-form.ts';

interface CommandPanelProps {
  readonly form: DraftForm;
  isFaulty(field: string): boolean;
}

/** The same thing for a terminal: the window teaches it. */
export function CommandPanel({ form, isFaulty }: CommandPanelProps) {
  const parts = commandParts(form);
  return (
    <section className="command" aria-label="As a command">
      <h2 className="section-title">As a command</h2>
      <div className="command-box">
        <pre>
          {parts.map(({ field, text }, index) => (
            <Fragment key={`${field} ${text}`}>
              {index === 0 ? null : '\n  '}
              <span className={isFaulty(field) ? 'crit' : index === 0 ? 'command-verb' : undefined}>
                {visibleText(text)}
              </span>
              {index < parts.length - 1 ? <span className="faint"> \</span> : null}
            </Fragment>
          ))}
        </pre>
        <CopyButton what="the command" text={commandLine(form)} />
      </div>
      {form.tags.length > 0 ? (
        <p className="faint tiny">Tags have no flag; they go into the machine’s definition.</p>
      ) : null}
    </section>
  );
}
