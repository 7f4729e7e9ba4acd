import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with one call. */
export type StubBehaviour =
  | { kind: 'files'; files: Record<string, string>; notes?: string }
  | { kind: 'text'; text: string }
  | { kind: 'cut'; text: string }
  | { kind: 'refuse' }
  | { kind: 'status'; status: number; headers?: Record<string, string> }
  | { kind: 'hang' }
  | { kind: 'break' };

export type StubCall = { path: string; authorization: string; system: string; user: string };

/**
 * A language model that does what a test says: speaks OpenAI's `POST /v1/chat/completions` and Anthropic's
 * `POST /v1/messages`, and counts 1,000 tokens in and 500 out for every answer.
 */
export class StubModelServer implements AsyncDisposable {
  readonly calls: StubCall[] = [];
  private readonly open = new Set<ServerResponse>();

  private constructor(
    private readonly server: ReturnType<typeof createServer>,
    readonly url: string,
  ) {}

  static async start(behave: (call: StubCall, index: number) => StubBehaviour): Promise<StubModelServer> {
    const server = createServer((request, response) => {
      void stub.answer(request, response, behave);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const stub = new StubModelServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
    return stub;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const response of this.open) response.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(
    request: IncomingMessage,
    response: ServerResponse,
    behave: (call: StubCall, index: number) => StubBehaviour,
  ): Promise<void> {
    const call = readCall(request, JSON.parse(await readAll(request)) as RequestBody);
    const index = this.calls.push(call) - 1;
    const does = behave(call, index);
    if (does.kind === 'hang') {
      this.open.add(response);
      return;
    }
    if (does.kind === 'break') {
      response.destroy();
      return;
    }
    if (does.kind === 'status') {
      response.writeHead(does.status, { 'content-type': 'application/json', ...does.headers });
      response.end(JSON.stringify({ error: { message: `stub: ${call.authorization}`, type: 'stub' } }));
      return;
    }
    const [text, end] = textOf(does);
    const body = call.path.endsWith('/messages') ? asAnthropic(text, end) : asOpenAi(text, end);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  }
}

type End = 'stop' | 'length' | 'refusal';
type RequestBody = {
  system?: unknown;
  messages: { role: string; content: string | { text?: string }[] }[];
};

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function readCall(request: IncomingMessage, body: RequestBody): StubCall {
  const plain = (content: unknown): string =>
    typeof content === 'string'
      ? content
      : Array.isArray(content)
        ? (content as { text?: string }[]).map((part) => part.text ?? '').join('')
        : '';
  const of = (role: string) =>
    body.messages
      .filter((message) => message.role === role)
      .map(({ content }) => plain(content))
      .join('\n');
  return {
    path: request.url ?? '',
    authorization: request.headers.authorization ?? String(request.headers['x-api-key'] ?? ''),
    system: plain(body.system) || of('system'),
    user: of('user'),
  };
}

function textOf(
  does: Extract<StubBehaviour, { kind: 'files' | 'text' | 'cut' | 'refuse' }>,
): [text: string, end: End] {
  switch (does.kind) {
    case 'files': {
      const files = Object.entries(does.files).map(([path, source]) => ({ path, source }));
      return [JSON.stringify({ files, notes: does.notes ?? 'as asked' }), 'stop'];
    }
    case 'text':
      return [does.text, 'stop'];
    case 'cut':
      return [does.text, 'length'];
    case 'refuse':
      return ['I cannot help with that.', 'refusal'];
  }
}

function asOpenAi(text: string, end: End): object {
  return {
    id: 'stub',
    object: 'chat.completion',
    created: 1,
    model: 'stub',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text },
        finish_reason: end === 'refusal' ? 'content_filter' : end,
      },
    ],
    usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
  };
}

function asAnthropic(text: string, end: End): object {
  return {
    id: 'stub',
    type: 'message',
    role: 'assistant',
    model: 'stub',
    content: [{ type: 'text', text }],
    stop_reason: end === 'length' ? 'max_tokens' : end === 'refusal' ? 'refusal' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1000, output_tokens: 500 },
  };
}
