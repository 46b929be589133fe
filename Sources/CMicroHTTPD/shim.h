#pragma once
// Before microhttpd.h, which uses them without including them everywhere.
#include <stdint.h>
#include <sys/socket.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <microhttpd.h>

// Swift can't call variadic functions, hence these. Each does one call and decides nothing.

// A daemon that is driven by its caller (`MHD_run`), accepts on a socket that listens already, and asks `policy` about
// each newcomer. All of its callbacks get `context`.
static inline struct MHD_Daemon *shim_mhd_start(
    int listening, unsigned int connection_limit, size_t connection_memory, MHD_AcceptPolicyCallback policy,
    MHD_NotifyConnectionCallback connected, void *(*line_read)(void *, const char *, struct MHD_Connection *),
    MHD_AccessHandlerCallback handle, MHD_RequestCompletedCallback completed, void *context)
{
    return MHD_start_daemon(
        MHD_USE_EPOLL, 0, policy, context, handle, context,
        MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_CONNECTION_LIMIT, connection_limit,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,
        MHD_OPTION_NOTIFY_CONNECTION, connected, context,
        MHD_OPTION_URI_LOG_CALLBACK, line_read, context,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context,
        // A request without Host is refused.
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_END);
}

// The descriptor that becomes readable when the daemon has something to do, or -1.
static inline int shim_mhd_epoll(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

// A connection's socket, or -1.
static inline int shim_mhd_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

// What `connected` stored for the connection.
static inline void *shim_mhd_context(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

// Names the calling thread, for those who look at the process.
static inline void shim_name_thread(const char *name)
{
    (void)prctl(PR_SET_NAME, name, 0, 0, 0);
}

// A descriptor that another thread raises to end a wait, or -1.
static inline int shim_eventfd(void)
{
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static inline void shim_eventfd_raise(int descriptor)
{
    (void)eventfd_write(descriptor, 1);
}
