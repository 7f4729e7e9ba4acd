import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const host = 'temporal.download';

/**
 * The SDK's download site on this machine: a server with its name and a certificate for it, behind a proxy. The
 * archive holds `program` in place of the CLI.
 * @returns the variables that lead the SDK to it, and the paths that were asked for
 */
export async function startDownloadSite(folder: string, program: string) {
  await mkdir(folder, { recursive: true });
  const openssl = async (...args: string[]) => await run('openssl', args, { cwd: folder });
  const key = ['-newkey', 'rsa:2048', '-nodes'];
  const authority = ['-addext', 'basicConstraints=critical,CA:TRUE', '-days', '1'];
  await openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=test',
    ...authority,
  );
  await openssl('req', ...key, '-keyout', 'site.key', '-out', 'site.csr', '-subj', `/CN=${host}`);
  await writeFile(path.join(folder, 'site.ext'), `subjectAltName=DNS:${host}\nbasicConstraints=CA:FALSE\n`);
  const signer = [
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
    '-extfile',
    'site.ext',
    '-days',
    '1',
  ];
  await openssl('x509', '-req', '-in', 'site.csr', '-out', 'site.pem', ...signer);
  await writeFile(path.join(folder, 'temporal'), program);
  await run('tar', ['-czf', 'cli.tar.gz', 'temporal'], { cwd: folder });

  const asked: string[] = [];
  const read = async (file: string) => await readFile(path.join(folder, file));
  const archive = await read('cli.tar.gz');
  const site = createTlsServer(
    { key: await read('site.key'), cert: await read('site.pem') },
    (request, response) => {
      const url = request.url ?? '';
      asked.push(url);
      if (url === '/cli.tar.gz') response.end(archive);
      else {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ archiveUrl: `https://${host}/cli.tar.gz`, fileToExtract: 'temporal' }));
      }
    },
  );
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  const proxy = createServer().on('connect', (_request, client) => {
    const tunnel = connect((site.address() as AddressInfo).port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      tunnel.pipe(client);
      client.pipe(tunnel);
    });
    tunnel.on('error', () => client.destroy());
    client.on('error', () => tunnel.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    env: {
      HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      SSL_CERT_FILE: path.join(folder, 'ca.pem'),
    },
    asked,
    close: () => {
      proxy.close();
      site.close();
      site.closeAllConnections();
    },
  };
}
