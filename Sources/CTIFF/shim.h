#include <stdint.h>
#include <tiffio.h>

// What Swift cannot call: functions of a variable number of arguments.

// The value of a 16-bit field, or its default; `fallback` where there is neither.
static inline uint16_t svae_tiff_short(TIFF *image, uint32_t tag, uint16_t fallback) {
  uint16_t value = fallback;
  return TIFFGetFieldDefaulted(image, tag, &value) ? value : fallback;
}

// The value of a 32-bit field, or its default; `fallback` where there is neither.
static inline uint32_t svae_tiff_long(TIFF *image, uint32_t tag, uint32_t fallback) {
  uint32_t value = fallback;
  return TIFFGetFieldDefaulted(image, tag, &value) ? value : fallback;
}

// The number of samples of a pixel that are transparency.
static inline int svae_tiff_transparencies(TIFF *image) {
  uint16_t count = 0;
  const uint16_t *kinds = 0;
  int found = 0;
  if (TIFFGetFieldDefaulted(image, TIFFTAG_EXTRASAMPLES, &count, &kinds) && kinds) {
    for (int index = 0; index < count; index++) found += kinds[index] != EXTRASAMPLE_UNSPECIFIED;
  }
  return found;
}

// Sets a 16-bit field of an image that is read.
static inline int svae_tiff_set_short(TIFF *image, uint32_t tag, uint16_t value) {
  return TIFFSetField(image, tag, value);
}

// Sets a field of a number, 16 or 32 bits wide, of an image that is written.
static inline int svae_tiff_set(TIFF *image, uint32_t tag, uint32_t value) {
  return TIFFSetField(image, tag, value);
}

// Sets a field of text of an image that is written.
static inline int svae_tiff_set_text(TIFF *image, uint32_t tag, const char *value) {
  return TIFFSetField(image, tag, value);
}
