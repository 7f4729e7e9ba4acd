import { createHash } from 'node:crypto';

import type { CallDescription, CallName } from './calls.js';
import { describeCall } from './calls.js';

/** A request as data. The key is added where it is sent. */
export type OpenCloudRequest = {
  call: CallName;
  method: CallDescription['method'];
  /** Path with query under the base address; an absolute address for a download. */
  path: string;
  headers: Record<string, string>;
  body?: Uint8Array | StreamedBody;
};

/** A body that is read anew for each try. */
export type StreamedBody = { bytes: number; open: () => AsyncIterable<Uint8Array> };

export type VersionType = 'Saved' | 'Published';

/** What is sent to make an asset of a GLB. */
export type NewAsset = {
  /** Shown on the Creator Hub; 50 characters at most. */
  displayName: string;
  /** 1000 characters at most. */
  description: string;
  creator: { type: 'user' | 'group'; id: string };
  glb: Uint8Array;
};

/** Fills a call's path and query. */
export function request(
  call: CallName,
  parameters: Record<string, string | number>,
  query: Record<string, string | number | undefined> = {},
): OpenCloudRequest {
  const { method, path } = describeCall(call);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new TypeError(`${call} needs the path parameter ${name}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return {
    call,
    method,
    path: search.size === 0 ? filled : `${filled}?${search.toString()}`,
    headers: { accept: 'application/json' },
  };
}

/** Binary places begin with `<roblox!`; the XML format with `<roblox ` or an XML declaration. */
export const isBinaryPlace = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(8, bytes.byteLength)).equals(Buffer.from('<roblox!'));

/** Whether the bytes begin as a place in either format does: XML may have a declaration and comments before its root. */
export const isPlace = (bytes: Uint8Array) =>
  /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*\?>\s*)?(<!--[^]*?-->\s*)*<roblox[\s!>]/.test(
    Buffer.from(bytes.subarray(0, 1024)).toString('latin1'),
  );

/** A place file that is too large to hold. */
export type PlaceContent = StreamedBody & {
  /** Whether it is in the binary format, not XML. */
  binary: boolean;
};

export function publishPlaceRequest(
  universeId: string,
  placeId: string,
  content: Uint8Array | PlaceContent,
  versionType: VersionType,
): OpenCloudRequest {
  const built = request('publishPlace', { universeId, placeId }, { versionType });
  const binary = content instanceof Uint8Array ? isBinaryPlace(content) : content.binary;
  const contentType = binary ? 'application/octet-stream' : 'application/xml';
  return { ...built, headers: { ...built.headers, 'content-type': contentType }, body: content };
}

export const listPlaceVersionsRequest = (placeId: string, pageSize: number, cursor: string | undefined) =>
  request('listPlaceVersions', { placeId }, { pageSize, cursor });

export const locatePlaceVersionRequest = (placeId: string, version: number) =>
  request('locatePlaceVersion', { assetId: placeId, versionNumber: version });

export const downloadContentRequest = (location: string): OpenCloudRequest => ({
  call: 'downloadContent',
  method: 'GET',
  path: location,
  headers: { 'accept-encoding': 'gzip' },
});

export function createAssetRequest(asset: NewAsset): OpenCloudRequest {
  const creator =
    asset.creator.type === 'user' ? { userId: asset.creator.id } : { groupId: asset.creator.id };
  const metadata = {
    assetType: 'Model',
    displayName: asset.displayName,
    description: asset.description,
    creationContext: { creator },
  };
  const form = multipart(JSON.stringify(metadata), asset.glb);
  const built = request('createAsset', {});
  return { ...built, headers: { ...built.headers, 'content-type': form.contentType }, body: form.body };
}

/** The form of one piece, so that the request has a `content-length` and can be sent on a plain connection. */
function multipart(metadata: string, glb: Uint8Array): { contentType: string; body: Uint8Array } {
  // A boundary must not occur in the content (RFC 2046 §5.1.1): the content's own hash cannot.
  const boundary = `graveshift-${createHash('sha256').update(metadata).update(glb).digest('hex').slice(0, 40)}`;
  const body = Buffer.concat([
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="request"\r\n` +
        `Content-Type: application/json\r\n\r\n${metadata}\r\n` +
        `--${boundary}\r\nContent-Disposition: form-data; name="fileContent"; filename="asset.glb"\r\n` +
        'Content-Type: model/gltf-binary\r\n\r\n',
    ),
    glb,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { contentType: `multipart/form-data; boundary=${boundary}`, body };
}

/** @param operationPath as the create answered it, such as `operations/6a1…` */
export const getOperationRequest = (operationPath: string) =>
  request('getOperation', { operationId: operationPath.slice(operationPath.lastIndexOf('/') + 1) });

export const getAssetRequest = (assetId: string) => request('getAsset', { assetId });

export const getUniverseRequest = (universeId: string) => request('getUniverse', { universeId });

export const getPlaceRequest = (universeId: string, placeId: string) =>
  request('getPlace', { universeId, placeId });

export function introspectKeyRequest(apiKey: string): OpenCloudRequest {
  const built = request('introspectKey', {});
  return {
    ...built,
    headers: { ...built.headers, 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ apiKey })),
  };
}
