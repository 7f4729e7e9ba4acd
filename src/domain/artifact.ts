import { z } from 'zod';

/** Lower-case hexadecimal SHA-256 of some bytes. */
export const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');

/**
 * Names immutable bytes in the artifact store. Between activities travel references, never files
 * on somebody's disk, so any worker can run any activity.
 */
export const artifactRefSchema = z.object({
  sha256: sha256Schema,
  /** Length in bytes. */
  bytes: z.int().nonnegative(),
  /** IANA media type, such as `model/gltf-binary`. */
  mediaType: z.string().min(1),
});

export type ArtifactRef = z.infer<typeof artifactRefSchema>;

/** Where immutable bytes live. Implementations are in `adapters/artifacts`. */
export interface ArtifactStore {
  /** Stores the bytes under their hash; storing the same bytes again changes nothing. */
  put(bytes: Uint8Array, mediaType: string): Promise<ArtifactRef>;
  /**
   * Reads the bytes and checks their hash.
   * @throws GraveshiftError `ArtifactMissing`, or `ArtifactCorrupt` (the bad file is set aside first, so
   * that making the artifact again repairs the store)
   */
  get(ref: Pick<ArtifactRef, 'sha256'>): Promise<Uint8Array>;
  /**
   * As `get`, for bytes that are too many to hold: all of them are read and checked before this answers, and again
   * whenever they are iterated, before the last piece is handed out. Iterable any number of times.
   */
  open(ref: Pick<ArtifactRef, 'sha256'>): Promise<AsyncIterable<Uint8Array>>;
  /** True when the bytes are there; it does not read them. */
  has(ref: Pick<ArtifactRef, 'sha256'>): Promise<boolean>;
  /** A path or address that a person can open. */
  locate(ref: Pick<ArtifactRef, 'sha256'>): string;
}
