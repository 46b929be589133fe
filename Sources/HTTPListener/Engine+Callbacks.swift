import CMicroHTTPD
import Glibc

extension Engine {
    /// How many connections above the limit are accepted: those that make room are not gone yet, and libmicrohttpd takes
    /// up to ten newcomers at a time.
    private static let slack = 16

    /// Starts libmicrohttpd with callbacks that find this engine again. It must outlive the daemon, and does: `run()` ends
    /// the daemon.
    ///
    /// The callbacks are formed here, where nothing is isolated to an actor: libmicrohttpd calls them from our thread.
    func startDaemon(listening descriptor: Int32) -> OpaquePointer? {
        unsafe shim_mhd_start(
            descriptor, UInt32(clamping: self.limits.connections + Self.slack), self.limits.headerBytes,
            { context, _, _ in
                unsafe Engine.found(context)?.makeRoom(now: .now)
                return .YES
            },
            { context, connection, slot, code in
                guard let engine = unsafe Engine.found(context), let connection = unsafe connection,
                    let slot = unsafe slot
                else { return }
                if code == .CONNECTION_NOTIFY_STARTED {
                    let started = engine.started(socket: unsafe shim_mhd_socket(connection))
                    unsafe slot.pointee = Unmanaged.passRetained(started).toOpaque()
                } else if let pointer = unsafe slot.pointee {
                    unsafe engine.closed(Unmanaged<Connection>.fromOpaque(pointer).takeRetainedValue())
                    unsafe slot.pointee = nil
                }
            },
            { context, target, connection in
                if let engine = unsafe Engine.found(context), let target = unsafe target {
                    let bytes = unsafe UnsafeBufferPointer(start: target, count: strlen(target))
                    let known = unsafe Engine.connection(connection)
                    known?.expectedVersion = UInt(bitPattern: target) + UInt(bytes.count) + 1
                    known.map { engine.lineRead(unsafe bytes.map { UInt8(bitPattern: $0) }, $0) }
                }
                return nil
            },
            { context, connection, _, method, version, upload, uploadSize, _ in
                guard let engine = unsafe Engine.found(context), let handle = unsafe connection,
                    let known = unsafe Engine.connection(handle), let method = unsafe method,
                    let uploadSize = unsafe uploadSize
                else { return .NO }
                if let upload = unsafe upload, unsafe uploadSize.pointee > 0 {
                    let bytes = unsafe UnsafeBufferPointer(start: upload, count: uploadSize.pointee)
                    known.exchange?.request.body += unsafe bytes.map { UInt8(bitPattern: $0) }
                    unsafe uploadSize.pointee = 0
                    return .YES
                }
                guard let exchange = known.exchange else {
                    let headers = unsafe Engine.headers(handle)
                    let early = engine.headersRead(
                        method: unsafe String(cString: method), headers: headers,
                        isTargetWhole: known.expectedVersion == UInt(bitPattern: version), known)
                    guard let early else { return .YES }
                    return unsafe Engine.queue(early, on: handle)
                }
                return unsafe Engine.queue(engine.answer(exchange, known), on: handle)
            },
            { context, connection, _, code in
                guard let engine = unsafe Engine.found(context) else { return }
                let known = unsafe Engine.connection(connection)
                known.map { engine.completed($0, isComplete: code == .REQUEST_TERMINATED_COMPLETED_OK) }
            },
            Unmanaged.passUnretained(self).toOpaque())
    }

    private static func found(_ context: UnsafeMutableRawPointer?) -> Engine? {
        unsafe context.map { unsafe Unmanaged<Engine>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func connection(_ connection: OpaquePointer?) -> Connection? {
        guard let connection = unsafe connection, let pointer = unsafe shim_mhd_context(connection) else { return nil }
        return unsafe Unmanaged<Connection>.fromOpaque(pointer).takeUnretainedValue()
    }

    private static func headers(_ connection: OpaquePointer) -> [Request.Header] {
        var headers: [Request.Header] = []
        unsafe withUnsafeMutablePointer(to: &headers) { pointer in
            _ = unsafe MHD_get_connection_values_n(
                connection, .HEADER_KIND,
                { context, _, name, nameSize, value, valueSize in
                    guard let headers = unsafe context?.assumingMemoryBound(to: [Request.Header].self) else {
                        return .NO
                    }
                    unsafe headers.pointee.append(
                        Request.Header(
                            name: Engine.text(name, nameSize), value: Engine.text(value, valueSize)))
                    return .YES
                }, pointer)
        }
        return headers
    }

    private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        let bytes = unsafe UnsafeBufferPointer(start: start, count: start == nil ? 0 : count)
        return String(decoding: unsafe bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Hands an answer to libmicrohttpd.
    private static func queue(_ response: Response, on connection: OpaquePointer) -> MHD_Result {
        guard let made = unsafe Self.make(response) else { return .NO }
        defer { unsafe MHD_destroy_response(made) }
        return unsafe MHD_queue_response(connection, UInt32(response.status), made)
    }

    /// Answers up to this size are copied and leave in one packet with their headers.
    private static let smallBody = 4096

    private static func make(_ response: Response) -> OpaquePointer? {
        let body = response.body
        let made: OpaquePointer?
        if body.bytes.count <= Self.smallBody {
            unsafe made = body.bytes.withUnsafeBytes { bytes in
                // It copies, so the pointer may lose its const.
                unsafe MHD_create_response_from_buffer(
                    bytes.count, UnsafeMutableRawPointer(mutating: bytes.baseAddress), .RESPMEM_MUST_COPY)
            }
        } else {
            let reader = unsafe Unmanaged.passRetained(body)
            unsafe made = MHD_create_response_from_callback(
                UInt64(body.bytes.count), min(body.bytes.count, 32_768),
                { context, position, buffer, size in
                    guard let context = unsafe context, let buffer = unsafe buffer else { return -1 }
                    let body = unsafe Unmanaged<Body>.fromOpaque(context).takeUnretainedValue()
                    return unsafe body.copy(from: position, to: buffer, size)
                },
                reader.toOpaque(),
                { context in
                    guard let context = unsafe context else { return }
                    let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                    body.endReading()
                })
            if unsafe made != nil {
                body.beginReading()
            } else {
                unsafe reader.release()
            }
        }
        guard let made = unsafe made else { return nil }
        for (name, value) in response.headers {
            guard unsafe MHD_add_response_header(made, name, value) == .YES else {
                unsafe MHD_destroy_response(made)
                return nil
            }
        }
        return unsafe made
    }
}

extension Body {
    /// Copies the bytes from a position on, as many as there are and fit.
    fileprivate func copy(from position: UInt64, to buffer: UnsafeMutablePointer<CChar>, _ size: Int) -> Int {
        guard let start = Int(exactly: position), start < self.bytes.count else { return -1 }
        let count = min(size, self.bytes.count - start)
        unsafe self.bytes.withUnsafeBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(start: buffer, count: count).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count]))
        }
        return count
    }
}
