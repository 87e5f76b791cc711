import { constants, createZstdCompress, type ZstdCompress } from 'node:zlib';

/** Higher levels take up to three times as long and save one part in fifty: what is left is random (ids, signatures). */
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 }, chunkSize: 262_144 };

/** Packs one batch after the other, each by itself. */
export interface Packer {
  /** The batch as one zstd frame, in pieces; it may be changed again once this has resolved. */
  pack(batch: Buffer): Promise<readonly Buffer[]>;
}

/**
 * Packs with one context that is kept: a new one for each batch, and the buffers around it, are memory outside of V8's heap, of which V8 takes a
 * few megabytes a second as a reason to go through the whole heap again and again (measured: 0.2 to 0.4 ms of CPU a payment).
 */
export function zstdPacker(): Packer {
  let stream: ZstdCompress | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    pack(batch) {
      const packed = turn.then(async () => {
        stream ??= createZstdCompress(LEVEL);
        try {
          return await packOn(stream, batch);
        } catch (error) {
          // what it has begun is no frame: the next batch gets another
          stream.destroy();
          stream = undefined;
          throw error;
        }
      });
      turn = packed.catch(() => {});
      return packed;
    },
  };
}

function packOn(stream: ZstdCompress, batch: Buffer): Promise<readonly Buffer[]> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const take = (piece: Buffer): void => void pieces.push(piece);
    const end = (settle: () => void): void => {
      stream.off('data', take).off('error', fail);
      settle();
    };
    const fail = (error: Error): void => end(() => reject(error));
    stream.on('data', take).on('error', fail);
    stream.write(batch);
    // this ends the frame and not the stream: what is written next is another frame
    stream.flush(constants.ZSTD_e_end, () => end(() => resolve(pieces)));
  });
}
