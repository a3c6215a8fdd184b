import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import type { Device } from '../../shared/inferenceProtocol.ts';
import { devices } from '../../shared/inferenceProtocol.ts';

/** Devices that this build of onnxruntime knows on this platform, the CPU first. Whether one works, loading tells. */
export function supportedDevices(): readonly Device[] {
  const names = listSupportedBackends().map(({ name }) => name);
  return devices.filter((device) => names.includes(device));
}

/**
 * The execution provider to try first for a device setting. `auto` is CUDA where its library is installed, else the
 * CPU. The others only on request: WebGPU is bundled everywhere, with or without a graphics card behind it, and CoreML
 * and DirectML run the encoders that Loupe ships (int8) slower than the CPU or not at all.
 */
export function providerFor(device: Device): string {
  if (device !== 'auto') return device;
  return supportedDevices().includes('cuda') && hasCudaLibrary() ? 'cuda' : 'cpu';
}

/** onnxruntime-node lists CUDA on Linux always; its library comes with a download of its own. */
function hasCudaLibrary(): boolean {
  const { platform, arch } = process;
  const file = platform === 'win32' ? 'onnxruntime_providers_cuda.dll' : 'libonnxruntime_providers_cuda.so';
  const main = require.resolve('onnxruntime-node');
  return existsSync(path.join(path.dirname(main), '..', 'bin', 'napi-v6', platform, arch, file));
}

/** Threads inside one interactive run, from the setting (0: one per core). */
export function interactiveThreads(setting: number): number {
  return setting > 0 ? setting : os.availableParallelism();
}

/** Bulk lanes at most, from the same setting: one single-threaded session per core, and never more than cores. */
export function bulkLanes(setting: number): number {
  const cores = os.availableParallelism();
  return setting > 0 ? Math.min(setting, cores) : cores;
}
