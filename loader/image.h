/* loader/image.h: kernels and firmware in whatever wrapping they come. */
#ifndef RIVET_LOADER_IMAGE_H
#define RIVET_LOADER_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "cpu/isa.h"
#include "loader/blob.h"
#include "loader/place.h"

struct loaded {
    uint64_t entry;     /* physical */
    uint64_t low, high; /* what it takes is in [low, high) */
};

/* Loads a kernel named "kernel" in the placement: an ELF file at its own addresses, a Linux Image
 * at `base`, or any other file that begins with instructions of `isa`, as raw bytes at `base`,
 * which is also their entry. Each may be compressed with gzip or zstd or wrapped as an EFI zboot
 * image. */
bool image_load_kernel(const struct blob *, const struct isa *isa, uint64_t base,
                       struct placement *, struct loaded *, struct error *err);

/* Loads firmware: an ELF file at its own addresses, or any other file that begins with instructions
 * of `isa` as raw bytes at `base`, which is also its entry. */
bool image_load_firmware(const struct blob *, const struct isa *isa, uint64_t base,
                         struct placement *, struct loaded *, struct error *err);

#endif
