import { localTimes } from '../format/local-times.ts';
import { useTimely } from '../format/now.ts';
import { ForeignText } from './foreign-text.tsx';

/** What the engine says, with its moments in local time. */
export function EngineSentence({ children }: { readonly children: string }) {
  return <ForeignText>{useTimely((now) => localTimes(children, now))}</ForeignText>;
}
