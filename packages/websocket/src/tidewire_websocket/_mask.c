/* Masking (RFC 6455, section 5.3): the byte loop that is worth a file in C, and what is made of its bytes.

   _pure_masking.py has the same functions in Python and says what they do; tests compare the two. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <stdint.h>
#include <string.h>

/* Texts up to this size are unmasked on the stack before they are decoded. */
#define STACK_SIZE 4096

/* Fills `to` with `size` bytes of `from`, masked with the four bytes at `key`, the first of them with key[phase & 3]. */
static void
apply(char *to, const char *from, Py_ssize_t size, const char *key, Py_ssize_t phase)
{
    unsigned char turned[8];
    uint64_t word;
    Py_ssize_t i;

    for (i = 0; i < 8; i++) {
        turned[i] = (unsigned char)key[(phase + i) & 3];
    }
    memcpy(&word, turned, 8);
    for (i = 0; i + 8 <= size; i += 8) {
        uint64_t data;
        memcpy(&data, from + i, 8);
        data ^= word;
        memcpy(to + i, &data, 8);
    }
    for (; i < size; i++) {
        to[i] = (char)((unsigned char)from[i] ^ turned[i & 7]);
    }
}

/* As apply(), `to` may be `from`; tells whether all that was made is ASCII. */
static int
apply_and_look(char *to, const char *from, Py_ssize_t size, const char *key, Py_ssize_t phase)
{
    unsigned char turned[8];
    uint64_t word, seen = 0;
    Py_ssize_t i;

    for (i = 0; i < 8; i++) {
        turned[i] = (unsigned char)key[(phase + i) & 3];
    }
    memcpy(&word, turned, 8);
    for (i = 0; i + 8 <= size; i += 8) {
        uint64_t data;
        memcpy(&data, from + i, 8);
        data ^= word;
        seen |= data;
        memcpy(to + i, &data, 8);
    }
    for (; i < size; i++) {
        unsigned char octet = (unsigned char)((unsigned char)from[i] ^ turned[i & 7]);
        seen |= octet;
        to[i] = (char)octet;
    }
    return (seen & UINT64_C(0x8080808080808080)) == 0;
}

/* Reads one argument as a number; a negative one without an exception stands for none. */
static int
read_number(PyObject *argument, Py_ssize_t *number)
{
    *number = PyLong_AsSsize_t(argument);
    return *number == -1 && PyErr_Occurred() ? -1 : 0;
}

/* Reads bytes and a range in them, with `before` bytes in front of it. */
static int
read_range(PyObject *const *arguments, Py_ssize_t before, Py_ssize_t *start, Py_ssize_t *stop)
{
    if (!PyBytes_Check(arguments[0])) {
        PyErr_Format(PyExc_TypeError, "bytes expected; got %.100s", Py_TYPE(arguments[0])->tp_name);
        return -1;
    }
    if (read_number(arguments[1], start) < 0 || read_number(arguments[2], stop) < 0) {
        return -1;
    }
    if (*start < before || *stop < *start || *stop > PyBytes_GET_SIZE(arguments[0])) {
        PyErr_SetString(PyExc_ValueError, "a range outside of the data");
        return -1;
    }
    return 0;
}

static int
check_key(PyObject *key)
{
    if (!PyBytes_Check(key)) {
        PyErr_Format(PyExc_TypeError, "bytes expected; got %.100s", Py_TYPE(key)->tp_name);
        return -1;
    }
    if (PyBytes_GET_SIZE(key) != 4) {
        PyErr_SetString(PyExc_ValueError, "a masking key has four bytes");
        return -1;
    }
    return 0;
}

static int
check_count(Py_ssize_t count, Py_ssize_t wanted)
{
    if (count != wanted) {
        PyErr_Format(PyExc_TypeError, "%zd arguments expected; got %zd", wanted, count);
        return -1;
    }
    return 0;
}

static PyObject *
unmask(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Py_ssize_t start, stop;
    PyObject *made;
    const char *data;

    if (check_count(count, 3) < 0 || read_range(arguments, 4, &start, &stop) < 0) {
        return NULL;
    }
    made = PyBytes_FromStringAndSize(NULL, stop - start);
    if (made == NULL) {
        return NULL;
    }
    data = PyBytes_AS_STRING(arguments[0]);
    apply(PyBytes_AS_STRING(made), data + start, stop - start, data + start - 4, 0);
    return made;
}

static PyObject *
unmask_text(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Py_ssize_t start, stop;
    PyObject *made;
    const char *data;
    char small[STACK_SIZE];
    char *room = small;

    if (check_count(count, 3) < 0 || read_range(arguments, 4, &start, &stop) < 0) {
        return NULL;
    }
    if (stop - start > STACK_SIZE) {
        room = PyMem_Malloc((size_t)(stop - start));
        if (room == NULL) {
            return PyErr_NoMemory();
        }
    }
    data = PyBytes_AS_STRING(arguments[0]);
    apply(room, data + start, stop - start, data + start - 4, 0);
    made = PyUnicode_DecodeUTF8(room, stop - start, "strict");
    if (room != small) {
        PyMem_Free(room);
    }
    return made;
}

static PyObject *
mask_range(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Py_ssize_t start, stop, phase;
    PyObject *made;

    if (check_count(count, 5) < 0 || read_range(arguments, 0, &start, &stop) < 0 || check_key(arguments[3]) < 0
        || read_number(arguments[4], &phase) < 0) {
        return NULL;
    }
    made = PyBytes_FromStringAndSize(NULL, stop - start);
    if (made == NULL) {
        return NULL;
    }
    apply(PyBytes_AS_STRING(made), PyBytes_AS_STRING(arguments[0]) + start, stop - start,
          PyBytes_AS_STRING(arguments[3]), phase & 3);
    return made;
}

static PyObject *
masked_frame(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Py_ssize_t head_size;
    Py_buffer payload;
    PyObject *made = NULL;
    char *to;

    if (check_count(count, 3) < 0 || check_key(arguments[1]) < 0) {
        return NULL;
    }
    if (!PyBytes_Check(arguments[0]) || !(PyBytes_Check(arguments[2]) || PyMemoryView_Check(arguments[2]))) {
        PyErr_SetString(PyExc_TypeError, "bytes expected");
        return NULL;
    }
    if (PyObject_GetBuffer(arguments[2], &payload, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    head_size = PyBytes_GET_SIZE(arguments[0]);
    if (payload.len > PY_SSIZE_T_MAX - head_size - 64) {
        PyErr_NoMemory();
    }
    else {
        made = PyBytes_FromStringAndSize(NULL, head_size + 4 + payload.len);
    }
    if (made != NULL) {
        to = PyBytes_AS_STRING(made);
        memcpy(to, PyBytes_AS_STRING(arguments[0]), (size_t)head_size);
        memcpy(to + head_size, PyBytes_AS_STRING(arguments[1]), 4);
        apply(to + head_size + 4, payload.buf, payload.len, PyBytes_AS_STRING(arguments[1]), 0);
    }
    PyBuffer_Release(&payload);
    return made;
}

/* What a view refers to whose memory is that of `data`: bytes, or a text that is ASCII. */
typedef struct {
    PyObject_HEAD
    PyObject *data;
    char is_full;
} Room;

static void
room_dealloc(PyObject *self)
{
    Py_XDECREF(((Room *)self)->data);
    Py_TYPE(self)->tp_free(self);
}

static int
room_getbuffer(PyObject *self, Py_buffer *view, int flags)
{
    Room *room = (Room *)self;
    PyObject *data = room->data;

    if (PyBytes_Check(data)) {
        return PyBuffer_FillInfo(view, self, PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data), room->is_full, flags);
    }
    return PyBuffer_FillInfo(view, self, PyUnicode_DATA(data), PyUnicode_GET_LENGTH(data), room->is_full, flags);
}

static PyBufferProcs room_buffer = {room_getbuffer, NULL};

static PyTypeObject room_type = {
    PyVarObject_HEAD_INIT(NULL, 0).tp_name = "tidewire_websocket._mask.Room",
    .tp_basicsize = sizeof(Room),
    .tp_dealloc = room_dealloc,
    .tp_as_buffer = &room_buffer,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};

/* Returns a view of an object's memory; takes the reference over, which may be NULL. */
static PyObject *
view_of(PyObject *data, char is_full)
{
    PyObject *view;
    Room *room;

    if (data == NULL) {
        return NULL;
    }
    room = PyObject_New(Room, &room_type);
    if (room == NULL) {
        Py_DECREF(data);
        return NULL;
    }
    room->data = data;
    room->is_full = is_full;
    view = PyMemoryView_FromObject((PyObject *)room);
    Py_DECREF(room);
    return view;
}

/* Reads the size of a room. */
static int
read_size(PyObject *argument, Py_ssize_t *size)
{
    if (read_number(argument, size) < 0) {
        return -1;
    }
    if (*size < 0) {
        PyErr_SetString(PyExc_ValueError, "a negative size");
        return -1;
    }
    return 0;
}

static PyObject *
make_room(PyObject *module, PyObject *argument)
{
    Py_ssize_t size;

    return read_size(argument, &size) < 0 ? NULL : view_of(PyBytes_FromStringAndSize(NULL, size), 0);
}

/* The memory of a text that is ASCII is that of its characters, one byte each. Nobody sees the text before it is full. */
static PyObject *
make_text_room(PyObject *module, PyObject *argument)
{
    Py_ssize_t size;

    return read_size(argument, &size) < 0 ? NULL : view_of(PyUnicode_New(size, 127), 0);
}

/* Returns what a view by make_room() or make_text_room() refers to. */
static PyObject *
object_of_room(PyObject *argument, int is_text)
{
    PyObject *owner = PyMemoryView_Check(argument) ? PyMemoryView_GET_BUFFER(argument)->obj : NULL;
    Room *room;

    if (owner == NULL || Py_TYPE(owner) != &room_type || ((Room *)owner)->is_full
        || PyUnicode_Check(((Room *)owner)->data) != is_text) {
        PyErr_Format(PyExc_TypeError, "a view by make_%sroom() expected", is_text ? "text_" : "");
        return NULL;
    }
    room = (Room *)owner;
    Py_INCREF(room->data);
    return room->data;
}

static PyObject *
bytes_of_room(PyObject *module, PyObject *argument)
{
    return object_of_room(argument, 0);
}

static PyObject *
text_of_room(PyObject *module, PyObject *argument)
{
    return object_of_room(argument, 1);
}

static PyObject *
utf8_of(PyObject *module, PyObject *argument)
{
    if (!PyUnicode_Check(argument)) {
        PyErr_Format(PyExc_TypeError, "str expected; got %.100s", Py_TYPE(argument)->tp_name);
        return NULL;
    }
    if (!PyUnicode_IS_COMPACT_ASCII(argument)) {
        return PyUnicode_AsUTF8String(argument);
    }
    Py_INCREF(argument);
    return view_of(argument, 1);
}

static PyObject *
mask_into(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    Py_ssize_t at, start, stop;
    Py_buffer target, source;
    PyObject *result = NULL;

    if (check_count(count, 6) < 0 || check_key(arguments[5]) < 0 || read_number(arguments[1], &at) < 0
        || read_number(arguments[3], &start) < 0 || read_number(arguments[4], &stop) < 0) {
        return NULL;
    }
    if (PyObject_GetBuffer(arguments[2], &source, PyBUF_SIMPLE) < 0) {
        return NULL;
    }
    if (PyObject_GetBuffer(arguments[0], &target, PyBUF_WRITABLE) < 0) {
        PyBuffer_Release(&source);
        if (PyErr_ExceptionMatches(PyExc_BufferError)) {
            PyErr_SetString(PyExc_TypeError, "the target cannot be written to");
        }
        return NULL;
    }
    if (start < 0 || stop < start || stop > source.len || at < 0 || at > target.len - (stop - start)) {
        PyErr_SetString(PyExc_ValueError, "a range outside of the data or of the target");
    }
    else {
        result = PyBool_FromLong(apply_and_look((char *)target.buf + at, (const char *)source.buf + start,
                                                stop - start, PyBytes_AS_STRING(arguments[5]), at & 3));
    }
    PyBuffer_Release(&target);
    PyBuffer_Release(&source);
    return result;
}

static PyObject *
make_message(PyObject *module, PyObject *const *arguments, Py_ssize_t count)
{
    PyTypeObject *type;
    PyObject *made, *extra;
    Py_ssize_t i;

    if (check_count(count, 3) < 0) {
        return NULL;
    }
    type = (PyTypeObject *)arguments[0];
    if (!PyType_Check(arguments[0]) || !PyType_IsSubtype(type, &PyTuple_Type)) {
        PyErr_SetString(PyExc_TypeError, "a type of tuples expected");
        return NULL;
    }
    extra = PyUnicode_FromStringAndSize(NULL, 0);
    if (extra == NULL) {
        return NULL;
    }
    made = type->tp_alloc(type, 3);
    if (made == NULL) {
        Py_DECREF(extra);
        return NULL;
    }
    for (i = 0; i < 2; i++) {
        Py_INCREF(arguments[i + 1]);
        PyTuple_SET_ITEM(made, i, arguments[i + 1]);
    }
    PyTuple_SET_ITEM(made, 2, extra);
    return made;
}

static PyMethodDef methods[] = {
    {"make_message", (PyCFunction)(void (*)(void))make_message, METH_FASTCALL, NULL},
    {"make_room", make_room, METH_O, NULL},
    {"make_text_room", make_text_room, METH_O, NULL},
    {"bytes_of_room", bytes_of_room, METH_O, NULL},
    {"text_of_room", text_of_room, METH_O, NULL},
    {"utf8_of", utf8_of, METH_O, NULL},
    {"mask_into", (PyCFunction)(void (*)(void))mask_into, METH_FASTCALL, NULL},
    {"unmask", (PyCFunction)(void (*)(void))unmask, METH_FASTCALL, NULL},
    {"unmask_text", (PyCFunction)(void (*)(void))unmask_text, METH_FASTCALL, NULL},
    {"mask_range", (PyCFunction)(void (*)(void))mask_range, METH_FASTCALL, NULL},
    {"masked_frame", (PyCFunction)(void (*)(void))masked_frame, METH_FASTCALL, NULL},
    {NULL, NULL, 0, NULL},
};

static int
prepare(PyObject *module)
{
    return PyType_Ready(&room_type);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, (void *)prepare},
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_mask", "Masking in C; see _masking.py.", 0, methods, slots, NULL, NULL, NULL,
};

PyMODINIT_FUNC
PyInit__mask(void)
{
    return PyModuleDef_Init(&definition);
}
