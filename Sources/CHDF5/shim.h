#include <stdint.h>

#include <hdf5.h>

// What Swift cannot call: constants that are macros, and functions that are renamed by macros.

// Opens a file to read it; negative where that fails. What the library finds wrong is not printed.
static inline hid_t svae_h5_open(const char *path) {
  H5Eset_auto2(H5E_DEFAULT, 0, 0);
  return H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
}

// The number of links in a group.
static inline uint64_t svae_h5_links(hid_t group) {
  H5G_info_t info;
  return H5Gget_info(group, &info) < 0 ? 0 : info.nlinks;
}

// The name of a link, by its place in the order of names: its length, or less than 1.
static inline long svae_h5_link_name(hid_t group, uint64_t place, char *name, size_t size) {
  return (long)H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, place, name, size,
                                  H5P_DEFAULT);
}

// Whether a link leads to something in the same file.
static inline int svae_h5_is_local(hid_t group, const char *name) {
  H5L_info_t info;
  return H5Lget_info(group, name, &info, H5P_DEFAULT) >= 0 &&
         (info.type == H5L_TYPE_HARD || info.type == H5L_TYPE_SOFT);
}

static inline hid_t svae_h5_object(hid_t group, const char *name) {
  return H5Oopen(group, name, H5P_DEFAULT);
}

// A type in memory: an integer or a number of floating point of `size` bytes.
static inline hid_t svae_h5_native(int is_float, int is_signed, size_t size) {
  if (is_float) return size == 4 ? H5T_NATIVE_FLOAT : H5T_NATIVE_DOUBLE;
  switch (size) {
    case 1: return is_signed ? H5T_NATIVE_INT8 : H5T_NATIVE_UINT8;
    case 2: return is_signed ? H5T_NATIVE_INT16 : H5T_NATIVE_UINT16;
    case 4: return is_signed ? H5T_NATIVE_INT32 : H5T_NATIVE_UINT32;
    default: return is_signed ? H5T_NATIVE_INT64 : H5T_NATIVE_UINT64;
  }
}

// Reads a text of fixed length, however it is padded, into `text` of `size` bytes; 0 where there is
// none or it does not fit.
static inline int svae_h5_text(hid_t object, const char *name, char *text, size_t size) {
  if (H5Aexists(object, name) <= 0) return 0;
  hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
  hid_t type = H5Aget_type(attribute);
  int is_read = 0;
  if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 &&
      H5Tget_size(type) < size && H5Aget_storage_size(attribute) < size) {
    is_read = H5Aread(attribute, type, text) >= 0;
    text[H5Tget_size(type)] = 0;
  } else if (H5Tis_variable_str(type) > 0 && H5Aget_storage_size(attribute) <= 64) {
    char *found = 0;
    is_read = H5Aread(attribute, type, &found) >= 0 && found;
    size_t length = 0;
    while (is_read && found[length] && length + 1 < size) {
      text[length] = found[length];
      length++;
    }
    text[length] = 0;
    if (found) H5free_memory(found);
  }
  H5Tclose(type);
  H5Aclose(attribute);
  return is_read;
}

static inline herr_t svae_h5_read(hid_t data, hid_t type, void *numbers) {
  return H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers);
}
