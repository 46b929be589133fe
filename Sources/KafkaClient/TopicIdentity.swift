/// Tells a client's topics apart without their names. It costs nothing to take from a record and little to look up.
///
/// It is the same for all records of a topic from the same client. A topic that the client dropped altogether may get
/// another one later, unless ``Consumer/identity(ofTopic:)`` or ``Producer/topic(named:)`` holds it.
public struct TopicIdentity: Hashable, Sendable {
    let address: UInt

    init(_ pointer: OpaquePointer?) {
        self.address = UInt(bitPattern: pointer)
    }
}
