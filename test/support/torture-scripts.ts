/**
 * Scripts that do what scripts do to whoever runs them. Each is a POSIX shell script; `outcome` is what its run must come
 * to with a limit of a few seconds, and in every case nothing of it may be left.
 */
export interface TortureScript {
  readonly title: string;
  readonly text: string;
  readonly outcome: 'itself' | 'limit';
  readonly exitCode?: number;
}

const sh = (text: string): string => `#!/bin/sh\n${text}\n`;

export const tortureScripts: readonly TortureScript[] = [
  { title: 'ends at once', text: sh('exit 0'), outcome: 'itself', exitCode: 0 },
  { title: 'fails', text: sh('echo no >&2; exit 7'), outcome: 'itself', exitCode: 7 },
  { title: 'ends by a signal of its own', text: sh('kill -9 $$'), outcome: 'itself' },
  { title: 'sleeps for ever', text: sh('sleep 1000'), outcome: 'limit' },
  { title: 'ignores TERM', text: sh("trap '' TERM; while :; do sleep 1000; done"), outcome: 'limit' },
  {
    title: 'ignores every signal it can',
    text: sh("trap '' HUP INT QUIT TERM USR1 USR2 PIPE; sleep 1000 & wait; sleep 1000"),
    outcome: 'limit',
  },
  {
    title: 'forks and leaves a sleeping child that holds its pipes',
    text: sh('sleep 1000 & exit 0'),
    outcome: 'limit',
  },
  {
    title: 'leaves a child with every descriptor closed',
    text: sh('sleep 1000 <&- >&- 2>&- & exit 0'),
    outcome: 'limit',
  },
  { title: 'moves to a session of its own', text: sh('setsid sleep 1000 & exit 0'), outcome: 'limit' },
  {
    title: 'forks twice into a session of its own',
    text: sh('(setsid sh -c "setsid sleep 1000 &" &) ; exit 0'),
    outcome: 'limit',
  },
  {
    title: 'three generations deep, each ignoring TERM',
    text: sh(`sh -c "trap '' TERM; sh -c \\"trap '' TERM; sleep 1000; sleep 1000\\" & wait; sleep 1000" & exit 0`),
    outcome: 'limit',
  },
  { title: 'closes its standard streams and goes on', text: sh('exec <&- >&- 2>&-; sleep 1000'), outcome: 'limit' },
  { title: 'never reads its input', text: sh('exec <&-; exit 0'), outcome: 'itself', exitCode: 0 },
  { title: 'writes without end', text: sh('yes output'), outcome: 'limit' },
  { title: 'writes without end to both streams', text: sh('yes error >&2 & yes output'), outcome: 'limit' },
  { title: 'writes one line without an end', text: sh("tr '\\\\0' x < /dev/zero"), outcome: 'limit' },
  { title: 'writes bytes that are no text', text: sh('head -c 3000000 /dev/urandom'), outcome: 'itself', exitCode: 0 },
  { title: 'stops itself', text: sh('kill -STOP $$; sleep 1000'), outcome: 'limit' },
  { title: 'becomes another program', text: sh('exec sleep 1000'), outcome: 'limit' },
  { title: 'deletes itself', text: sh('rm -f "$0"; sleep 1000'), outcome: 'limit' },
  {
    title: 'makes zombies',
    text: sh('i=0; while [ $i -lt 20 ]; do (exit 0) & i=$((i+1)); done; exec sleep 1000'),
    outcome: 'limit',
  },
  {
    title: 'forks forty at a time, each with children',
    text: sh(
      'ulimit -u 4000 2>/dev/null; i=0; while [ $i -lt 40 ]; do (sleep 1000 & sleep 1000 & wait) & i=$((i+1)); done; wait',
    ),
    outcome: 'limit',
  },
  {
    title: 'begins itself anew when it is told to end',
    text: sh('trap "setsid \\"$0\\" & exit 0" TERM; sleep 1000 & wait'),
    outcome: 'limit',
  },
  {
    title: 'burns all the processor it can get',
    text: sh('(while :; do :; done) & while :; do :; done'),
    outcome: 'limit',
  },
];
