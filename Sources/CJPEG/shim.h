#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// What Swift cannot call: libjpeg leaves a damaged file by longjmp, and is told where to by a
// struct that has the library's at its start. No frame of Swift lies between setjmp and longjmp.

// What a file says of itself, and what was found wrong with it.
typedef struct {
  int width;
  int height;
  // A J_COLOR_SPACE.
  int space;
  // The J_MESSAGE_CODE that ended the reading; 0 where the picture is whole.
  int error;
  // Where the last byte of a scan lies that foreign bytes follow; 0 where there is none.
  size_t last_byte;
  // A hash of all coefficients, where these were asked for.
  uint64_t hash;
  // What that message says.
  char text[JMSG_LENGTH_MAX];
} svae_jpeg_picture;

typedef struct {
  struct jpeg_error_mgr manager;
  struct jpeg_progress_mgr progress;
  jmp_buf exit;
  svae_jpeg_picture *picture;
  // The file.
  const unsigned char *bytes;
  size_t count;
} svae_jpeg_errors;

static inline void svae_jpeg_leave(j_common_ptr codec) {
  svae_jpeg_errors *errors = (svae_jpeg_errors *)codec->err;
  errors->picture->error = codec->err->msg_code;
  codec->err->format_message(codec, errors->picture->text);
  longjmp(errors->exit, 1);
}

// Whether the picture comes in more than one scan: progressive, or a component after the other.
static inline int svae_jpeg_has_scans(j_decompress_ptr codec) {
  return codec->progressive_mode || codec->comps_in_scan < codec->num_components;
}

// Whether a warning tells of pixels that are not as they were. Viewers pass over the others: bytes
// between the end of a scan and the next marker, unusual parameters, an unknown version.
static inline int svae_jpeg_harms(j_common_ptr codec) {
  switch (codec->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL: return 0;
    case JWRN_EXTRANEOUS_DATA:
      // Before a restart marker (0xd0 to 0xd7) pixels are lost.
      return (codec->err->msg_parm.i[1] & 0xf8) == 0xd0;
    case JWRN_JPEG_EOF:
      // Only the end marker is missing, unless another warning follows or scans may be missing.
      return codec->is_decompressor && svae_jpeg_has_scans((j_decompress_ptr)codec);
    default: return 1;
  }
}

static inline void svae_jpeg_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  if (svae_jpeg_harms(codec)) svae_jpeg_leave(codec);
  if (codec->err->msg_code == JWRN_EXTRANEOUS_DATA && codec->is_decompressor) {
    svae_jpeg_errors *errors = (svae_jpeg_errors *)codec->err;
    // Past the end of the file the library reads an end marker that it keeps elsewhere in memory.
    uintptr_t next = (uintptr_t)((j_decompress_ptr)codec)->src->next_input_byte;
    uintptr_t start = (uintptr_t)errors->bytes;
    size_t read = next - start <= errors->count ? next - start : errors->count;
    size_t foreign = (size_t)codec->err->msg_parm.i[0];
    if (read > foreign) errors->picture->last_byte = read - foreign - 1;
  }
}

static inline void svae_jpeg_progress(j_common_ptr codec) {
  // A small file of very many scans would take hours.
  if (codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > 500) {
    codec->err->msg_code = JERR_BAD_PROGRESSION;
    svae_jpeg_leave(codec);
  }
}

// A hash of all coefficients, those of blocks beyond the picture's edges included.
static inline uint64_t svae_jpeg_hash(j_decompress_ptr codec) {
  jvirt_barray_ptr *arrays = jpeg_read_coefficients(codec);
  uint64_t hash = 14695981039346656037u;
  for (int index = 0; index < codec->num_components; index++) {
    jpeg_component_info *component = &codec->comp_info[index];
    JDIMENSION step_x = (JDIMENSION)component->h_samp_factor;
    JDIMENSION step_y = (JDIMENSION)component->v_samp_factor;
    JDIMENSION width = (component->width_in_blocks + step_x - 1) / step_x * step_x;
    JDIMENSION height = (component->height_in_blocks + step_y - 1) / step_y * step_y;
    for (JDIMENSION y = 0; y < height; y++) {
      JBLOCKARRAY row =
          codec->mem->access_virt_barray((j_common_ptr)codec, arrays[index], y, 1, FALSE);
      const JCOEF *values = row[0][0];
      for (size_t place = 0; place < (size_t)width * DCTSIZE2; place++) {
        hash = (hash ^ (uint16_t)values[place]) * 1099511628211u;
      }
    }
  }
  return hash;
}

// Reads the header of a file of `count` bytes and, where `samples` is not null, its samples:
// height × width × channels, of which there is 1 for grey and there are 3 for red, green and blue;
// or the hash of its coefficients.
static inline void svae_jpeg_read(const unsigned char *bytes, size_t count, int channels,
                                  unsigned char *samples, int with_hash,
                                  svae_jpeg_picture *picture) {
  struct jpeg_decompress_struct codec;
  svae_jpeg_errors errors;
  memset(picture, 0, sizeof *picture);
  memset(&codec, 0, sizeof codec);
  memset(&errors, 0, sizeof errors);
  errors.picture = picture;
  errors.bytes = bytes;
  errors.count = count;
  codec.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = svae_jpeg_leave;
  errors.manager.emit_message = svae_jpeg_message;
  errors.progress.progress_monitor = svae_jpeg_progress;
  if (setjmp(errors.exit)) {
    jpeg_destroy_decompress(&codec);
    return;
  }
  jpeg_create_decompress(&codec);
  codec.progress = &errors.progress;
  jpeg_mem_src(&codec, bytes, count);
  jpeg_read_header(&codec, TRUE);
  picture->width = (int)codec.image_width;
  picture->height = (int)codec.image_height;
  picture->space = codec.jpeg_color_space;
  if (with_hash) picture->hash = svae_jpeg_hash(&codec);
  if (samples) {
    codec.out_color_space = channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    codec.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&codec);
    size_t stride = (size_t)codec.output_width * (size_t)channels;
    while (codec.output_scanline < codec.output_height) {
      JSAMPROW row = samples + codec.output_scanline * stride;
      jpeg_read_scanlines(&codec, &row, 1);
    }
    jpeg_finish_decompress(&codec);
  }
  jpeg_destroy_decompress(&codec);
}
