import type { NoticeChannel } from '../../domain/notice.js';

/** Writes each notice as one line, so that the worker's log tells the story even where nobody else is told. */
export function createConsoleChannel(
  write: (line: string, attributes: Record<string, unknown>) => void,
): NoticeChannel {
  return {
    name: 'console',
    wants: () => true,
    deliver: (message) => {
      const { event, project, environment, title, lines } = message;
      write(`${project}/${environment} ${event}: ${[title, ...lines].map(oneLine).join(' | ')}`, {
        notice: message.id,
        run: message.runId,
      });
      return Promise.resolve();
    },
  };
}

function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();
}
